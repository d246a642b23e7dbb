import { describe, expect, it } from 'vitest';
import { check, isIncluded, leafHash, Malformed, parseCheckpoint, parseLeaf, parseProof } from '../src/lib/proof';

// What `plainsight prove 4` printed for a log of the demo, and the log's verifying key.
const PROOF = `c2sp.org/tlog-proof@v1
extra AQEByMRW/yPGAzv7tqzb/meWvNs0MSsz0i9n+3VHSbRzQYQnk3hJg4i00undvJeD5Ezrpep8jtzbyHQN0m8ciGyn6dvIngAAAnCNclbbjJ+GLzqPLmFP6nbhMJr31GrLwnf82JJqJKpYVQ==
index 4
UUv6qtiKi0GK7mBpSAkeLvzwQNgr2yYuL1Tt+a8sqC4=
MHPf/hYobQSRvN5f9PePCB4/P6SPAG2aWek3WbvufZY=
gj+vN51od5nTydzQmzcAYlRZAFTTwFE7LrncJctu1Eo=
qZPV2ntq16zNy6hWL86oykSAhjKHQQGWmxq1FNIb+5Q=
rdbZ55zRetR4FdRUiivzdF5+/pQUY53YDgg2OEg4IJs=
VuszUm1bLchqU1WeVHEXITNE1j8T3SljHtwNW4eDteg=
vLuDw+3rkdxzY6nWmAOdOTOq2KuO2PeNz0n1xuzktDc=
84qZXCtYMihdZBXW6A53DCMPep5alrTPiheW9KKwKjE=
tAmLzDTdEmXCPt4fqYj2bbLC7kJzFmb3oqPalDqG9XI=
LJdBsfIA81WNuGLzIBWPlRdBCULJP62Y1bZ4mXKlg2g=
iM01B1IVBCE5MRnGHDxFnp4ybA+gU7Wj5Ye+H+OVJ3U=
qOc/V5XL8/7QUnyvdPLGTXSoyeF1pd4KFroEFtMiL34=
vfXBQpT/QtKEg7q8BZqh0jCt6ppMoGltEFJzUv1Vvzg=
+34sYiQ6lXQlh4ApSj+4eCL0FY5Hg+ZTb8ABzZOI1rI=

plainsight.local/log
11201
4PiYs8Xc1y4RFwfG5kv0KzRcQw0LoZEgpQL/jTKMKU8=

— plainsight.local/log 0DZf6jtWmeJ7/4K1/aWxwoIK2TTavtcqCK1w90xHeTzE29MmDlOuMvJOLc+pSd5vhqM8iGIw5B37UJPZohBHtvooWAE=
`;
const KEY = "plainsight.local/log+d0365fea+AaKtUsM4AqjqlOeBh5FcEn/mqU4IOqAAQ+II8RGuYyPE";

const changed = (from: string, to: string) => PROOF.replace(from, to);

describe('proof', () => {
  it('holds for the record that it is about', async () => {
    const verdict = await check(PROOF, 4, KEY);
    expect(verdict.included).toBe(true);
    expect(verdict.signed).toBe(true);
    expect(verdict.reason).toBeUndefined();
    expect(verdict.checkpoint.origin).toBe('plainsight.local/log');
    expect(verdict.leaf).toMatchObject({ version: 1, class: 1 });
  });

  it('does not hold for another', async () => {
    expect(await check(PROOF, 5, KEY)).toMatchObject({ included: false, reason: 'the proof is about another record' });
    expect((await check(changed('index 4', 'index 5'), 5, KEY)).included).toBe(false);
  });

  it('fails when any byte of leaf, path, root or signature is another', async () => {
    const proof = parseProof(PROOF);
    const lines = PROOF.split('\n');
    const flip = (line: string) => line.replace(/[A-Za-z](?=[^A-Za-z]*.{3}$)/, (char) => (char === 'A' ? 'B' : 'A'));
    for (let at = 1; at < 3 + proof.hashes.length; at++) {
      if (at === 2) continue;
      const text = lines.map((line, i) => (i === at ? flip(line) : line)).join('\n');
      expect(text).not.toBe(PROOF);
      expect((await check(text, 4, KEY)).included).toBe(false);
    }
    const root = parseCheckpoint(proof.checkpoint).text.split('\n')[2] ?? '';
    expect(await check(changed(root, flip(root)), 4, KEY)).toMatchObject({ included: false, signed: false });
    const size = String(parseCheckpoint(proof.checkpoint).size);
    expect((await check(changed('\n' + size + '\n', '\n' + String(Number(size) + 1) + '\n'), 4, KEY)).signed).toBe(false);
  });

  it('says so when there is no key to check with', async () => {
    expect(await check(PROOF, 4, null)).toMatchObject({ included: true, signed: null });
    await expect(check(PROOF, 4, 'x+y+z')).rejects.toThrow(Malformed);
  });

  it('takes nothing for a proof that is none', () => {
    for (const text of ['', 'c2sp.org/tlog-proof@v1\n\n', changed('extra', 'other'), changed('index 4', 'index 04'), changed('index 4', 'index -1'), PROOF.replace('\n\n', '\n')]) {
      expect(() => parseCheckpoint(parseProof(text).checkpoint)).toThrow(Malformed);
    }
    expect(parseLeaf(new Uint8Array(5))).toBeNull();
  });

  it('follows RFC 9162 in small trees', async () => {
    const leaf = await leafHash(new Uint8Array([1]));
    expect(await isIncluded(0n, 1n, leaf, [], leaf)).toBe(true);
    expect(await isIncluded(1n, 1n, leaf, [], leaf)).toBe(false);
    expect(await isIncluded(0n, 1n, leaf, [leaf], leaf)).toBe(false);
    expect(await isIncluded(0n, 2n, leaf, [], leaf)).toBe(false);
  });
});
