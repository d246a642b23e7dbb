import { describe, expect, it } from 'vitest';
import type { Logged, Segment } from '../src/api/types';
import { conversation, segments, text } from '../src/lib/conversation';

const said = (role: string, content: string, direction: 'input' | 'output' = 'input'): Segment => ({
  direction, message: 0, role, origin: role as 'user', type: 'text', content,
});
const record = (index: number, content: Segment[], more: Partial<Logged['record']> = {}): Logged => ({
  index, log_time: index, record: { kind: 'interaction', tenant: 'default', time: index, content, ...more },
});
const words = (records: Logged[]) => conversation(records).map((one) => one.segment.content);

describe('conversation', () => {
  it('leaves out the history that a call repeats, its own earlier answer included', () => {
    const first = record(1, [said('system', 's'), said('user', 'a'), said('assistant', 'b', 'output')]);
    const second = record(2, [said('system', 's'), said('user', 'a'), said('assistant', 'b'), said('user', 'c'), said('assistant', 'd', 'output')]);
    expect(words([second, first])).toEqual(['s', 'a', 'b', 'c', 'd']);
  });

  it('keeps what one call says twice', () => {
    expect(words([record(1, [said('user', 'x'), said('user', 'x')])])).toEqual(['x', 'x']);
  });

  it('knows a tool call by its id, told as an answer, an execution and a history', () => {
    const call = (direction: 'input' | 'output'): Segment => ({ direction, message: 1, role: 'assistant', origin: 'assistant', type: 'tool_call', id: 'c1', name: 'f', arguments: {} });
    expect(conversation([record(1, [call('output')]), record(2, [call('input')]), record(3, [call('input')])])).toHaveLength(1);
  });

  it('gives each segment its findings and signs', () => {
    const logged = record(1, [said('user', 'a'), said('user', 'b')], {
      findings: [{ type: 'SECRET', place: 'content/1/arguments/x', start: 0, end: 1, confidence: 1, action: 'drop' }],
      signals: [{ name: 's', place: 'content/1', score: 1 }, { name: 't', place: 'content/10', score: 1 }],
    });
    const [a, b] = segments(logged);
    expect([a?.findings.length, a?.signals.length, b?.findings.length, b?.signals.length]).toEqual([0, 0, 1, 1]);
  });

  it('writes arguments and results as they are', () => {
    expect(text({ direction: 'input', message: 0, role: 'tool', origin: 'tool', type: 'tool_result', result: 'plain' })).toBe('plain');
    expect(text({ direction: 'input', message: 0, role: 'tool', origin: 'tool', type: 'tool_result', result: { a: 1 } })).toBe('{\n  "a": 1\n}');
  });
});
