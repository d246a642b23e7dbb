/**
 * Checks a C2SP tlog-proof in the browser: that a leaf is in the tree that a checkpoint signs
 * (RFC 9162, section 2.1.3.2), and that the checkpoint bears the log's signature (C2SP signed-note).
 *
 * Needs WebCrypto, so a page over TLS or from this machine.
 */

export interface Proof {
  index: bigint;
  leaf: Uint8Array<ArrayBuffer>;
  hashes: Uint8Array<ArrayBuffer>[];
  checkpoint: string;
}

export interface Checkpoint {
  origin: string;
  size: bigint;
  root: Uint8Array<ArrayBuffer>;
  /** The signed text, with its last newline. */
  text: string;
  signatures: { name: string; id: Uint8Array<ArrayBuffer>; signature: Uint8Array<ArrayBuffer> }[];
}

/** What a leaf says: a commitment without names. */
export interface Leaf {
  version: number;
  class: number;
  minute: number;
  tenant: string;
  key: string;
  payloadHash: string;
  payloadLength: number;
  commitment: string;
}

export interface Verdict {
  /** Whether the path leads from the leaf to the signed root. */
  included: boolean;
  /** Whether the log's key signed the checkpoint; null where it could not be tried. */
  signed: boolean | null;
  /** Why not, or why it could not be tried. */
  reason?: string;
  checkpoint: Checkpoint;
  leaf: Leaf | null;
  /** Of the leaf, hexadecimal. */
  leafHash: string;
}

export class Malformed extends Error {}

const MAGIC = 'c2sp.org/tlog-proof@v1';
const LEAF_BYTES = 106;
const ED25519 = 1;

export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  let binary: string;
  try {
    binary = atob(text);
  } catch {
    throw new Malformed('a line is not base64');
  }
  return Uint8Array.from(binary, (char) => char.charCodeAt(0));
}

export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function hash32(text: string): Uint8Array<ArrayBuffer> {
  const bytes = fromBase64(text);
  if (bytes.length !== 32) throw new Malformed('a hash has not 32 bytes');
  return bytes;
}

function whole(text: string | undefined): bigint {
  if (text === undefined || !/^(0|[1-9][0-9]{0,19})$/.test(text)) throw new Malformed('a number is not plain');
  return BigInt(text);
}

/** Reads the text of a proof. */
export function parseProof(text: string): Proof {
  const at = text.indexOf('\n\n');
  if (at < 0) throw new Malformed('it has no empty line before the checkpoint');
  const [magic, extra, index, ...hashes] = text.slice(0, at).split('\n');
  if (magic !== MAGIC) throw new Malformed(`it does not begin with ${MAGIC}`);
  if (!extra?.startsWith('extra ')) throw new Malformed('it does not carry the leaf');
  if (!index?.startsWith('index ')) throw new Malformed('it does not say an index');
  if (hashes.length > 64) throw new Malformed('it has more than 64 hashes');
  return {
    index: whole(index.slice(6)),
    leaf: fromBase64(extra.slice(6)),
    hashes: hashes.map(hash32),
    checkpoint: text.slice(at + 2),
  };
}

/** Reads a signed checkpoint. */
export function parseCheckpoint(note: string): Checkpoint {
  const at = note.lastIndexOf('\n\n');
  if (at < 0) throw new Malformed('the checkpoint has no signatures');
  const text = note.slice(0, at + 1);
  const [origin, size, root] = text.split('\n');
  if (!origin || root === undefined) throw new Malformed('the checkpoint is too short');
  const lines = note.slice(at + 2).split('\n').filter((line) => line !== '');
  return { origin, size: whole(size), root: hash32(root), text, signatures: lines.map(parseSignature) };
}

function parseSignature(line: string): Checkpoint['signatures'][number] {
  const [dash, name, encoded] = line.split(' ');
  if (dash !== '—' || !name || !encoded) throw new Malformed('a signature line is not one');
  const bytes = fromBase64(encoded);
  if (bytes.length < 5) throw new Malformed('a signature is too short');
  return { name, id: bytes.slice(0, 4), signature: bytes.slice(4) };
}

/** Reads a leaf of version 1; null for any other. */
export function parseLeaf(bytes: Uint8Array<ArrayBuffer>): Leaf | null {
  if (bytes.length !== LEAF_BYTES || bytes[0] !== 1) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return {
    version: 1,
    class: view.getUint8(1),
    minute: view.getUint32(2),
    tenant: hex(bytes.slice(6, 22)),
    key: hex(bytes.slice(22, 38)),
    payloadHash: hex(bytes.slice(38, 70)),
    payloadLength: view.getUint32(70),
    commitment: hex(bytes.slice(74, 106)),
  };
}

async function sha256(...parts: Uint8Array[]): Promise<Uint8Array<ArrayBuffer>> {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return new Uint8Array(await crypto.subtle.digest('SHA-256', all));
}

export function leafHash(leaf: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  return sha256(Uint8Array.of(0), leaf);
}

function nodeHash(left: Uint8Array, right: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  return sha256(Uint8Array.of(1), left, right);
}

const equal = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, i) => byte === b[i]);

/** RFC 9162, section 2.1.3.2. */
export async function isIncluded(index: bigint, size: bigint, leaf: Uint8Array, path: Uint8Array[], root: Uint8Array): Promise<boolean> {
  if (index >= size) return false;
  let fn = index;
  let sn = size - 1n;
  let hash = leaf;
  for (const step of path) {
    if (sn === 0n) return false;
    if ((fn & 1n) === 1n || fn === sn) {
      hash = await nodeHash(step, hash);
      while ((fn & 1n) === 0n && fn !== 0n) {
        fn >>= 1n;
        sn >>= 1n;
      }
    } else {
      hash = await nodeHash(hash, step);
    }
    fn >>= 1n;
    sn >>= 1n;
  }
  return sn === 0n && equal(hash, root);
}

/** Whether `key` (`name+hash+base64`) signed the checkpoint; null where this browser has no Ed25519. */
export async function isSigned(checkpoint: Checkpoint, key: string): Promise<boolean | null> {
  const [name, id, ...rest] = key.trim().split('+');
  const bytes = fromBase64(rest.join('+'));
  if (!name || !id || bytes[0] !== ED25519 || bytes.length !== 33) throw new Malformed('the key is not an Ed25519 key');
  const line = checkpoint.signatures.find((one) => one.name === name && hex(one.id) === id.padStart(8, '0'));
  if (!line) return false;
  let imported: CryptoKey;
  try {
    imported = await crypto.subtle.importKey('raw', bytes.slice(1), 'Ed25519', false, ['verify']);
  } catch {
    return null;
  }
  return crypto.subtle.verify('Ed25519', imported, line.signature, new TextEncoder().encode(checkpoint.text));
}

/** Checks a proof for the record `index`. Throws `Malformed` for what is no proof. */
export async function check(text: string, index: number, key: string | null | undefined): Promise<Verdict> {
  if (globalThis.crypto?.subtle === undefined) {
    throw new Error('this browser checks nothing on a page without TLS; `plainsight prove` gives the same proof for the command line');
  }
  const proof = parseProof(text);
  const checkpoint = parseCheckpoint(proof.checkpoint);
  const leaf = await leafHash(proof.leaf);
  const right = proof.index === BigInt(index);
  const included = right && (await isIncluded(proof.index, checkpoint.size, leaf, proof.hashes, checkpoint.root));
  const signed = key ? await isSigned(checkpoint, key) : null;
  const reason = !right
    ? 'the proof is about another record'
    : !included
      ? 'the path does not lead to the signed root'
      : signed === false
        ? 'the checkpoint is not signed by the log’s key'
        : signed === null
          ? 'the signature was not checked: ' + (key ? 'this browser has no Ed25519' : 'the server gave no key')
          : undefined;
  return { included, signed, ...(reason ? { reason } : {}), checkpoint, leaf: parseLeaf(proof.leaf), leafHash: hex(leaf) };
}
