"""Who: from headers, the request's fields, verified tokens and trusted proxies; or nobody, recorded."""

import base64
import json
import shutil
import subprocess
import time

import openai
import pytest

from conftest import Server

HELLO = [{"role": "user", "content": "hello"}]
ONE = "SELECT count(*) FROM records WHERE kind = 'interaction' AND parts = 2"


def ask(server, user=None, **headers):
    """One call through the SDK, with these headers."""
    client = openai.OpenAI(base_url=f"{server.base}/openai/v1", api_key="sk-test", max_retries=0)
    fields = {"user": user} if user else {}
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    client.chat.completions.create(model="gpt-4o-mini", messages=HELLO, extra_headers=names, **fields)


def recorded(server) -> dict:
    """The one interaction, with the pseudonyms of the names that the tests use."""
    server.wait_for(ONE, 1)
    known = ", ".join(f"pseudonym('{name}') AS \"{name}\"" for name in ("user-1", "user-2", "user-3", "192.0.2.7", "198.51.100.9", "127.0.0.1"))
    return server.query(f"SELECT *, {known} FROM records WHERE kind = 'interaction'")[0]


def configured(tmp_path, upstream, config: str) -> Server:
    return Server(tmp_path / "data", upstream.url, config=config).start()


def test_headers_say_who(server):
    """User, session, roles and agent; the header goes before the request's field."""
    ask(server, user="user-2", x_plainsight_user="user-1", x_plainsight_session="session-7", x_plainsight_roles="editor, viewer", x_plainsight_agent="cook")
    row = recorded(server)
    assert row["user_id"] == row["user-1"] and row["user_source"] == "header"
    assert row["session_id"] == "session-7" and row["agent"] == "cook"
    assert "editor" in row["roles"] and "viewer" in row["roles"]


def test_a_tenant_is_named_by_its_header(server):
    """The tenant, and a pseudonym of the same user that is another than the default tenant's."""
    ask(server, x_plainsight_user="user-1", x_plainsight_tenant="acme")
    row = recorded(server)
    assert row["tenant"] == "acme" and row["user_id"].startswith("u_") and row["user_id"] != row["user-1"]


def test_the_headers_are_configurable(tmp_path, upstream):
    """A header that is not configured is no identity."""
    server = configured(tmp_path, upstream, '[identity.headers]\nuser = ["x-who"]\nsession = ["x-chat"]\n')
    ask(server, x_plainsight_user="user-2", x_who="user-1", x_chat="session-7")
    row = recorded(server)
    server.stop()
    assert row["user_id"] == row["user-1"] and row["session_id"] == "session-7" and row["user-2"] is None


def test_the_request_says_who(server):
    """The field `user` of a chat completion."""
    ask(server, user="user-1")
    row = recorded(server)
    assert row["user_id"] == row["user-1"] and row["user_source"] == "request"


def test_nobody_is_recorded_as_nobody(server):
    """No user found is a fact that can be asked for; the key's fingerprint is there all the same."""
    ask(server)
    row = recorded(server)
    assert row["user_id"] is None and row["user_source"] == "nobody"
    assert row["api_key"].startswith("key_") and row["client_address"]
    assert server.query("SELECT count(*) AS n FROM records WHERE kind = 'interaction' AND user_source = 'nobody'")[0]["n"] == 1


def test_forwarded_addresses_are_taken_only_from_trusted_proxies(tmp_path, upstream):
    """Without a trusted proxy the peer is the client; with one, the last address that it did not write."""
    for number, (config, expected) in enumerate([("", "127.0.0.1"), ('[identity]\ntrusted_proxies = ["127.0.0.0/8"]\n', "198.51.100.9")]):
        server = Server(tmp_path / f"data{number}", upstream.url, config=config).start()
        ask(server, x_forwarded_for="192.0.2.7, 198.51.100.9")
        row = recorded(server)
        server.stop()
        assert row["client_address"] in (expected, row[expected])
        assert row["192.0.2.7"] is None, "what the client claims of itself is not recorded as its address"


def encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Issuer:
    """Signs tokens (RFC 7515, RS256) with a key that openssl made."""

    def __init__(self, folder, kid: str):
        self.kid, self.key = kid, folder / f"{kid}.pem"
        self.run("genpkey", "-quiet", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", str(self.key))

    def run(self, *arguments: str, data: bytes = b"") -> bytes:
        return subprocess.run(["openssl", *arguments], input=data, capture_output=True, check=True, timeout=60).stdout

    def key_set(self) -> str:
        """Its public key as a JSON Web Key Set (RFC 7517)."""
        modulus = self.run("rsa", "-in", str(self.key), "-noout", "-modulus").decode().strip().split("=")[1]
        key = {"kty": "RSA", "kid": self.kid, "alg": "RS256", "use": "sig", "n": encode(bytes.fromhex(modulus)), "e": "AQAB"}
        return json.dumps({"keys": [key]})

    def token(self, algorithm: str = "RS256", **claims) -> str:
        claims = {"iss": "https://login.example.com", "aud": "kitchen", "exp": int(time.time()) + 300, "sub": "user-1", **claims}
        head = {"alg": algorithm, "kid": self.kid, "typ": "JWT"}
        signed = f"{encode(json.dumps(head).encode())}.{encode(json.dumps(claims).encode())}"
        signature = b"" if algorithm == "none" else self.run("dgst", "-sha256", "-sign", str(self.key), data=signed.encode())
        return f"{signed}.{encode(signature)}"


@pytest.fixture
def issuer(tmp_path):
    if not shutil.which("openssl"):
        pytest.skip("skipped: openssl is not installed")
    return Issuer(tmp_path, "k1")


@pytest.fixture
def verifying(tmp_path, upstream, issuer):
    """A server that verifies the issuer's tokens."""
    keys = tmp_path / "jwks.json"
    keys.write_text(issuer.key_set())
    config = f"""
[identity.jwt]
headers = ["x-id-token"]
jwks_file = "{keys}"
issuer = ["https://login.example.com"]
audience = ["kitchen"]
session_claim = "sid"
roles_claim = "roles"
algorithms = ["RS256"]
"""
    server = configured(tmp_path, upstream, config)
    yield server
    server.stop()


def test_a_verified_token_goes_before_everything_else(verifying, issuer):
    """Its claims name user, session and roles, whatever headers and request say; nothing of it is kept."""
    token = issuer.token(sid="session-7", roles=["editor", "viewer"])
    ask(verifying, user="user-3", x_plainsight_user="user-2", x_id_token=f"Bearer {token}")
    row = recorded(verifying)
    assert row["user_id"] == row["user-1"] and row["user_source"] == "token"
    assert row["session_id"] == "session-7" and "editor" in row["roles"]
    kept = verifying.command("tail", "--no-follow", "-n", "1000").stdout + verifying.output.read_text()
    assert token.split(".")[2] not in kept and token.split(".")[1] not in kept


def broken_tokens(issuer, stranger) -> dict[str, str]:
    good = issuer.token()
    head, claims, signature = good.split(".")
    other = encode(json.dumps({"iss": "https://login.example.com", "aud": "kitchen", "exp": int(time.time()) + 300, "sub": "user-2"}).encode())
    return {
        "expired": issuer.token(exp=int(time.time()) - 4000), "another audience": issuer.token(aud="garden"), "another issuer": issuer.token(iss="https://evil.example.com"),
        "changed claims": f"{head}.{other}.{signature}", "unsigned": issuer.token("none"), "a stranger's key": stranger.token(), "no token": "nonsense", "not yet valid": issuer.token(nbf=int(time.time()) + 4000),
    }


def test_a_token_that_is_not_valid_is_no_identity(verifying, issuer, tmp_path):
    """The call goes through, and nobody is named by the token."""
    stranger = Issuer(tmp_path, "k2")
    stranger.kid = "k1"
    tokens = broken_tokens(issuer, stranger)
    for token in tokens.values():
        ask(verifying, x_id_token=f"Bearer {token}")
    verifying.wait_for(ONE, len(tokens))
    rows = verifying.query("SELECT DISTINCT user_id, user_source FROM records WHERE kind = 'interaction'")
    assert rows == [{"user_id": None, "user_source": "nobody"}]


def test_a_key_that_is_added_later_is_found(verifying, issuer, tmp_path):
    """A token with an unknown key has the key set read again."""
    added = Issuer(tmp_path, "k3")
    both = json.loads(issuer.key_set())["keys"] + json.loads(added.key_set())["keys"]
    (tmp_path / "jwks.json").write_text(json.dumps({"keys": both}))
    for _ in range(3):
        ask(verifying, x_id_token=added.token())
        time.sleep(0.5)
    verifying.wait_for("SELECT count(*) >= 1 FROM records WHERE kind = 'interaction' AND user_source = 'token'", 1)
