import { describe, expect, it } from 'vitest';
import { howLong, rootInShort, signers } from '../src/lib/checkpoints';

const checkpoint = { time: '2026-11-30T00:00:00Z', size: 7, added: 2, root: 'ab'.repeat(32), signatures: null, note: null };

describe('checkpoints', () => {
  it('shows who else signed first, and each once', () => {
    const own = { name: 'plainsight.local/log', key_id: '00000001', is_own: true };
    const other = { name: 'witness.example', key_id: '00000002', is_own: false };
    expect(signers({ ...checkpoint, signatures: [own, other, own] })).toEqual([other, own]);
    expect(signers(checkpoint)).toEqual([]);
  });

  it('shortens a root to what can be compared by eye', () => {
    expect(rootInShort(checkpoint.root)).toBe('abababababab…ababab');
    expect(rootInShort('abc')).toBe('abc');
  });

  it('says that everything is kept where nothing ends it', () => {
    expect(howLong({ kept_s: null })).toBe('everything: nothing ends it');
    expect(howLong({ kept_s: 86_400 })).toBe('24 h');
  });
});
