"""The log against whoever changes it: exit codes, places, roll-back, and somebody else's verifier."""

import base64
import hashlib
import json
import random
import shutil
import subprocess
import urllib.error

import pytest

from conftest import ROOT, Server
from test_crash import span

GO = ROOT / "tests" / "go" / "run"


def fill(server, first: int, count: int) -> None:
    """Sends spans until they are acknowledged."""
    body = {"resourceSpans": [{"scopeSpans": [{"spans": [span(f"m-{number}") for number in range(first, first + count)]}]}]}
    server.post("/v1/traces", json.dumps(body).encode(), base=f"http://127.0.0.1:{server.http}").read()


@pytest.fixture
def stopped(tmp_path, upstream):
    """The data directory of a server that was stopped after 300 records and more."""
    server = Server(tmp_path / "data", upstream.url).start()
    fill(server, 0, 300)
    server.stop()
    return server


def size(checkpoint: str) -> int:
    """The second line of a checkpoint (C2SP tlog-checkpoint)."""
    return int(checkpoint.split("\n")[1])


def verify(server, *arguments: str) -> tuple[int, str]:
    done = server.command("verify", *arguments, check=False)
    return done.returncode, done.stdout + done.stderr


def segments(server):
    return sorted((server.data / "ledger" / "segments").glob("*.seg"))


def test_an_unchanged_log_verifies_with_exit_code_0(stopped):
    """With the key in the data directory, with the key from outside, and with an own checkpoint."""
    code, text = verify(stopped)
    assert code == 0 and text.startswith("verified: ")
    key = (stopped.data / "keys" / "ledger.vkey").read_text().strip()
    assert verify(stopped, "--key", key)[0] == 0
    outside = stopped.data.parent / "checkpoint"
    outside.write_text(stopped.command("checkpoint").stdout)
    assert verify(stopped, "--checkpoint", str(outside))[0] == 0


def test_a_strangers_key_is_not_believed(stopped, tmp_path, upstream):
    """A log that was signed by somebody else is found wrong, exit code 1; no key at all is a failure."""
    other = Server(tmp_path / "other", upstream.url).start()
    other.stop()
    key = (other.data / "keys" / "ledger.vkey").read_text().strip()
    assert verify(stopped, "--key", key)[0] == 1
    assert verify(stopped, "--key", "nonsense")[0] in (2, 3)
    assert verify(Server(tmp_path / "nothing", upstream.url))[0] == 3


def test_a_flipped_byte_is_named_with_its_file_and_index(stopped):
    """Any byte of a segment: exit code 1, with the file and the record."""
    segment = segments(stopped)[0]
    whole = segment.read_bytes()
    choose = random.Random(5)
    for place in [3, 30, *(choose.randrange(24, len(whole)) for _ in range(10))]:
        changed = bytearray(whole)
        changed[place] ^= 1 << choose.randrange(8)
        segment.write_bytes(changed)
        code, text = verify(stopped)
        assert code == 1 and "NOT VERIFIED" in text, f"byte {place}"
        assert segment.name in text, f"byte {place}: {text}"
        assert place < 24 or "record" in text, f"byte {place}: {text}"
    segment.write_bytes(whole)
    assert verify(stopped)[0] == 0


def test_the_index_that_is_named_is_the_record_that_was_changed(stopped):
    """A byte of the ciphertext of one record: that index is named."""
    segment = segments(stopped)[0]
    changed = bytearray(segment.read_bytes())
    changed[frames(segment)[150][1]] ^= 1
    segment.write_bytes(changed)
    code, text = verify(stopped)
    assert code == 1 and "150" in text.split("NOT VERIFIED")[0]


def frames(segment) -> dict[int, tuple[bytes, int]]:
    """By index: the bytes of the leaf and the place of the payload's first byte (ARCHITECTURE.md)."""
    data = segment.read_bytes()
    index, at, found = int.from_bytes(data[12:20], "big"), 24, {}
    while at + 20 <= len(data):
        payload, leaf = int.from_bytes(data[at:at + 4], "big"), int.from_bytes(data[at + 4:at + 6], "big")
        if leaf == 0:
            break
        found[index] = (data[at + 20:at + 20 + leaf], at + 20 + leaf)
        index, at = index + 1, at + 20 + leaf + payload
    return found


def test_a_shorter_log_is_found_without_help(stopped):
    """A segment that lost its tail no longer holds what the checkpoint promises."""
    segment = segments(stopped)[0]
    segment.write_bytes(segment.read_bytes()[:frames(segment)[200][1]])
    code, text = verify(stopped)
    assert code == 1 and segment.name in text


def test_a_roll_back_is_found_by_a_checkpoint_kept_outside(stopped, upstream):
    """An older copy of the whole data directory verifies in itself; the outside checkpoint tells."""
    older = stopped.data.parent / "older"
    shutil.copytree(stopped.data, older)
    stopped.start()
    fill(stopped, 300, 50)
    outside = stopped.data.parent / "outside-checkpoint"
    outside.write_text(stopped.command("checkpoint").stdout)
    stopped.stop()
    shutil.rmtree(stopped.data)
    older.rename(stopped.data)
    assert verify(stopped)[0] == 0
    code, text = verify(stopped, "--checkpoint", str(outside))
    assert code == 1 and str(size(outside.read_text())) in text


def test_a_rewritten_log_is_found_by_a_checkpoint_kept_outside(stopped):
    """After a roll-back and as many other records, the sizes fit and the roots do not."""
    older = stopped.data.parent / "older"
    shutil.copytree(stopped.data, older)
    stopped.start()
    fill(stopped, 300, 5)
    outside = stopped.data.parent / "outside-checkpoint"
    outside.write_text(stopped.command("checkpoint").stdout)
    stopped.stop()
    shutil.rmtree(stopped.data)
    older.rename(stopped.data)
    stopped.start()
    fill(stopped, 400, 50)
    stopped.stop()
    assert verify(stopped)[0] == 0
    assert verify(stopped, "--checkpoint", str(outside))[0] == 1


def go(*arguments: str) -> subprocess.CompletedProcess:
    done = subprocess.run([str(GO), *arguments], capture_output=True, text=True, timeout=120)
    if done.returncode == 77:
        pytest.skip(done.stderr.strip())
    return done


def test_go_accepts_the_log_and_refuses_a_changed_one(stopped):
    """Go's sumdb/note and tlog, code that is not ours, read key, checkpoint and segments."""
    done = go(str(stopped.data), "0", "150", "299")
    assert done.returncode == 0 and "hash to the signed root" in done.stdout, done.stderr
    segment = segments(stopped)[0]
    changed = bytearray(segment.read_bytes())
    changed[frames(segment)[150][1] - 1] ^= 1
    segment.write_bytes(changed)
    assert go(str(stopped.data)).returncode == 1


def test_go_accepts_a_proof_and_only_for_its_record(stopped, tmp_path):
    """What `prove` prints is checked with tlog.CheckRecord against the public key and the leaf."""
    proof, leaf, vkey = tmp_path / "proof", tmp_path / "leaf", stopped.data / "keys" / "ledger.vkey"
    leaves = frames(segments(stopped)[0])
    for index in (0, 7, 255, 256, 299):
        proof.write_text(stopped.command("prove", str(index)).stdout)
        leaf.write_bytes(leaves[index][0])
        check = lambda *more: go("record", "-vkey", str(vkey), "-leaf", str(leaf), "-proof", str(proof), *more)
        done = check()
        assert done.returncode == 0 and f"record {index} " in done.stdout, done.stderr
        assert check("-index", str(index + 1)).returncode == 1
    leaf.write_bytes(leaves[8][0])
    assert check().returncode == 1


def test_proving_what_is_not_there_is_a_failure(stopped):
    """An index past the end: exit code 3 and a reason."""
    done = stopped.command("prove", "1000000", check=False)
    assert done.returncode == 3 and done.stderr.strip() and not done.stdout


def test_checkpoint_and_tiles_are_served_as_they_lie_on_the_disk(stopped):
    """/checkpoint equals `checkpoint`; a full and a partial tile of leaf hashes equal RFC 6962's."""
    stopped.start()
    note = stopped.get("/checkpoint", token=False).decode()
    assert note == stopped.command("checkpoint").stdout
    total = size(note)
    assert 300 <= total < 512
    assert len(base64.b64decode(note.split("\n")[2])) == 32
    full = stopped.get("/tile/0/000", token=False)
    rest = stopped.get(f"/tile/0/001.p/{total - 256}", token=False)
    assert len(full) == 256 * 32 and len(rest) == (total - 256) * 32
    leaves = frames(segments(stopped)[0])
    assert full + rest == b"".join(leaf_hash(leaves[index][0]) for index in range(total))
    with pytest.raises(urllib.error.HTTPError) as caught:
        stopped.get("/tile/0/001", token=False)
    assert caught.value.code == 404
    stopped.stop()


def leaf_hash(leaf: bytes) -> bytes:
    """RFC 6962, section 2.1."""
    return hashlib.sha256(b"\0" + leaf).digest()


def test_a_strange_tile_path_is_not_found(stopped):
    """Nothing outside the tiles is served."""
    stopped.start()
    for path in ("/tile/../checkpoint", "/tile/0/../../keys/root.key", "/tile/0/%2e%2e/%2e%2e/keys/root.key", "/tile/0/000.p/0", "/tile/0/000.p/257", "/tile/64/000", "/tile/data/000"):
        with pytest.raises(urllib.error.HTTPError) as caught:
            stopped.get(path, token=False)
        assert caught.value.code in (400, 404), path
    stopped.stop()
