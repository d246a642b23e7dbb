import { describe, expect, it } from 'vitest';
import { cut, line, pieces } from '../src/lib/visible';

const texts = (text: string) => pieces(text).map((piece) => piece.text).join('');

describe('visible', () => {
  it('keeps plain text, tabs and line ends as they are', () => {
    expect(pieces('a\tb\r\nc\n')).toEqual([{ kind: 'text', text: 'a\tb\r\nc\n' }]);
    expect(pieces('')).toEqual([]);
  });

  it('keeps markup as text: the page shows text nodes only', () => {
    const markup = '<img src=x onerror=alert(1)>';
    expect(pieces(markup)).toEqual([{ kind: 'text', text: markup }]);
  });

  it('names what turns the direction of writing', () => {
    const [, sign] = pieces('access\u202e\u2066 // check');
    expect(sign).toEqual({ kind: 'sign', text: '\u202e', label: 'U+202E', name: 'right-to-left override (U+202E)' });
    expect(pieces('\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c').every((piece) => piece.kind === 'sign')).toBe(true);
  });

  it('shows terminal escapes, nulls, lone carriage returns and C1 controls', () => {
    const found = pieces('\u001b[31mred\u0000\r\u009b');
    expect(found.filter((piece) => piece.kind === 'sign').map((piece) => piece.text)).toEqual(['\u001b', '\u0000', '\r', '\u009b']);
    expect(found[0]).toMatchObject({ label: '␛', name: 'escape (U+001B)' });
  });

  it('spells hidden tag characters', () => {
    const hidden = [...'hi'].map((char) => String.fromCodePoint(0xe0000 + char.charCodeAt(0))).join('');
    expect(pieces(hidden).map((piece) => (piece.kind === 'sign' ? piece.label : ''))).toEqual(['tag h', 'tag i']);
  });

  it('shows joiners, but for those inside an emoji', () => {
    expect(pieces('pass\u200dword')[1]?.kind).toBe('sign');
    expect(pieces('👩\u200d💻')).toEqual([{ kind: 'text', text: '👩\u200d💻' }]);
  });

  it('survives unpaired surrogates', () => {
    expect(pieces('a\ud800b').map((piece) => piece.kind)).toEqual(['text', 'sign', 'text']);
  });

  it('makes chips of what redaction writes', () => {
    expect(pieces('mail [EMAIL_ADDRESS:aljhppib], key [SECRET:jwt], [US_SSN], [PHONE_NUMBER:kdpafgem:+44], [CREDIT_CARD:…1111]').filter((piece) => piece.kind === 'chip')).toEqual([
      { kind: 'chip', text: '[EMAIL_ADDRESS:aljhppib]', type: 'EMAIL_ADDRESS', hint: 'aljhppib' },
      { kind: 'chip', text: '[SECRET:jwt]', type: 'SECRET', hint: 'jwt' },
      { kind: 'chip', text: '[US_SSN]', type: 'US_SSN', hint: '' },
      { kind: 'chip', text: '[PHONE_NUMBER:kdpafgem:+44]', type: 'PHONE_NUMBER', hint: 'kdpafgem:+44' },
      { kind: 'chip', text: '[CREDIT_CARD:…1111]', type: 'CREDIT_CARD', hint: '…1111' },
    ]);
    expect(pieces('[not inspected]')[0]?.kind).toBe('chip');
    expect(pieces('[a] [1] array[INDEX_LONG_NAME_THAT_IS_VERY_MUCH_LONGER_THAN_ANY_TYPE]').every((piece) => piece.kind === 'text')).toBe(true);
  });

  it('loses no character of any text', () => {
    const hostile = '\u202eabc[EMAIL_ADDRESS:x]\u001b[2J<script>\u{e0041}\ud83d👩\u200d💻\r\n';
    expect(texts(hostile)).toBe(hostile);
  });

  it('is linear on hostile input', () => {
    const before = performance.now();
    pieces('['.repeat(500_000));
    pieces('[AB:'.repeat(100_000));
    expect(performance.now() - before).toBeLessThan(4000);
  });

  it('cuts without parting a pair, and puts a text on one line', () => {
    expect(cut('ab👩', 3)).toBe('ab');
    expect(cut('ab', 3)).toBe('ab');
    expect(line('a\nb\u202ec')).toBe('a b⟨U+202E⟩c');
    expect(line('x'.repeat(300)).length).toBe(201);
  });
});
