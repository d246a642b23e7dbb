import { describe, expect, it } from 'vitest';
import type { Logged, Segment } from '../src/api/types';
import { conversation, mark, segments, text, told } from '../src/lib/conversation';

const said = (role: string, content: string, direction: 'input' | 'output' = 'input'): Segment => ({
  direction, message: 0, role, origin: role as 'user', type: 'text', content,
});
const record = (index: number, content: Segment[], more: Partial<Logged['record']> = {}): Logged => ({
  index, log_time: index, record: { kind: 'interaction', tenant: 'default', time: index, content, ...more },
});
const talk = (...records: Logged[]) => conversation(records.map(segments));
const words = (...records: Logged[]) => talk(...records).map((one) => one.segment.content);

describe('conversation', () => {
  it('leaves out the history that a call repeats, its own earlier answer included', () => {
    const first = record(1, [said('system', 's'), said('user', 'a'), said('assistant', 'b', 'output')]);
    const second = record(2, [said('system', 's'), said('user', 'a'), said('assistant', 'b'), said('user', 'c'), said('assistant', 'd', 'output')]);
    expect(words(first, second)).toEqual(['s', 'a', 'b', 'c', 'd']);
  });

  it('keeps what one call says twice', () => {
    expect(words(record(1, [said('user', 'x'), said('user', 'x')]))).toEqual(['x', 'x']);
  });

  it('knows a tool call by its id, told as an answer, an execution and a history', () => {
    const call = (direction: 'input' | 'output'): Segment => ({ direction, message: 1, role: 'assistant', origin: 'assistant', type: 'tool_call', id: 'c1', name: 'f', arguments: {} });
    expect(talk(record(1, [call('output')]), record(2, [call('input')]), record(3, [call('input')]))).toHaveLength(1);
  });

  it('gives each segment its findings and signs', () => {
    const logged = record(1, [said('user', 'a'), said('user', 'b')], {
      findings: [{ type: 'SECRET', place: 'content/1/arguments/x', start: 0, end: 1, confidence: 1, action: 'drop' }],
      signals: [{ name: 's', place: 'content/1', score: 1 }, { name: 't', place: 'content/10', score: 1 }],
    });
    const [a, b] = segments(logged);
    expect([a?.findings.length, a?.signals.length, b?.findings.length, b?.signals.length]).toEqual([0, 0, 1, 1]);
  });

  it('reads folded messages, and marks what a record’s signs are about', () => {
    const item = {
      index: 4, time: '2026-11-30T00:00:00Z', kind: 'interaction', span_id: 's',
      messages: [
        { direction: 'input' as const, position: 0, role: 'user', origin: 'user' as const, type: 'text', text: 'ignore' },
        { direction: 'output' as const, position: 0, role: 'assistant', origin: 'assistant' as const, type: 'tool_call', text: '{"a":1}', tool_name: 'f', tool_call_id: 'c' },
      ],
    };
    const marked = mark(told(item), [record(4, [said('user', 'ignore')], { signals: [{ name: 'override', place: 'content/0', score: 0.7 }] })]);
    expect(marked.map((one) => one.signals.map((signal) => signal.name))).toEqual([['override'], []]);
    expect(marked[1]?.segment).toMatchObject({ name: 'f', id: 'c', arguments: { a: 1 } });
    expect(told({ index: 1, time: 'x', kind: 'span' })).toEqual([]);
  });

  it('writes arguments and results as they are', () => {
    expect(text({ direction: 'input', message: 0, role: 'tool', origin: 'tool', type: 'tool_result', result: 'plain' })).toBe('plain');
    expect(text({ direction: 'input', message: 0, role: 'tool', origin: 'tool', type: 'tool_result', result: { a: 1 } })).toBe('{\n  "a": 1\n}');
  });
});
