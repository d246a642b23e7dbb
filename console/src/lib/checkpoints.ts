/** Checkpoints as a person reads them, and how long things are kept. */

import type { Checkpoint, Kept, Signature } from '../api/types';
import { span } from './time';

/** The beginning and the end of a root: enough to compare two by eye. */
export const rootInShort = (root: string): string => (root.length > 20 ? `${root.slice(0, 12)}…${root.slice(-6)}` : root);

/** Who signed, each once, others before the log itself; nobody where the note is kept no more. */
export function signers(one: Checkpoint): Signature[] {
  const known = new Map((one.signatures ?? []).map((signature) => [signature.name, signature]));
  return [...known.values()].sort((a, b) => Number(a.is_own) - Number(b.is_own));
}

/** For how long something is kept, in words. */
export const howLong = ({ kept_s }: Pick<Kept, 'kept_s'>): string => (kept_s === null || kept_s === undefined ? 'everything: nothing ends it' : span(kept_s));
