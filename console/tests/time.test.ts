import { describe, expect, it } from 'vitest';
import { ago, duration, full, localWeek, millis, short, span, utc } from '../src/lib/time';

describe('time', () => {
  it('reads RFC 3339 and nanoseconds alike', () => {
    expect(millis('2026-11-30T23:19:29.714Z')).toBe(millis(1796080769714000000));
    expect(millis('not a time')).toBeNaN();
  });

  it('says UTC in full, and does not throw at what is no time', () => {
    expect(utc('2026-11-30T23:19:29.714799Z')).toBe('2026-11-30 23:19:29.714 UTC');
    expect(utc('never')).toBe('unknown time');
    expect(full('never')).toBe('–');
    expect(short('never')).toBe('–');
  });

  it('shortens by how far away it is', () => {
    const now = new Date(2026, 10, 30, 12, 0, 0).getTime();
    expect(short(new Date(2026, 10, 30, 9, 5, 7), now)).toBe('09:05:07');
    expect(short(new Date(2026, 9, 2, 9, 5, 7), now)).toBe('10-02 09:05');
    expect(short(new Date(2025, 9, 2, 9, 5, 7), now)).toBe('2025-10-02 09:05');
  });

  it('says how long ago', () => {
    const now = Date.parse('2026-11-30T12:00:00Z');
    expect(ago('2026-11-30T11:59:58Z', now)).toBe('just now');
    expect(ago('2026-11-30T11:55:00Z', now)).toBe('5 min ago');
    expect(ago('2026-11-30T15:00:00Z', now)).toBe('in 3 h');
    expect(span(172_800)).toBe('2 d');
  });

  it('writes durations in the unit that fits', () => {
    expect([0.42, 120.4, 3420, 59_900, 125_000, null].map(duration)).toEqual(['0.4 ms', '120 ms', '3.42 s', '59.9 s', '2 min 5 s', '–']);
  });

  it('turns a week of UTC into the viewer’s and loses nothing', () => {
    const hours = Array.from({ length: 7 }, (_, day) => Array.from({ length: 24 }, (_, hour) => day * 24 + hour));
    const local = localWeek(hours, 120);
    expect(local[0]?.[2]).toBe(0);
    expect(local[0]?.[1]).toBe(167);
    expect(local.flat().sort((a, b) => a - b)).toEqual(hours.flat());
    expect(localWeek(hours, -60)[6]?.[23]).toBe(0);
  });
});
