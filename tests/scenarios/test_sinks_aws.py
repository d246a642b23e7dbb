"""S3, Kinesis and Security Hub as `moto` plays them: thousands of alerts while it is killed and started
again, none lost, each in order, read back with `boto3`; signatures judged by `botocore`."""

import base64
import hashlib
import http.client
import http.server
import json
import subprocess
import sys
import threading
import time
import urllib.request

import pytest

from conftest import free_port
from test_alerts import alerts, started, until
from test_events import send

boto3 = pytest.importorskip("boto3")
pytest.importorskip("moto.server")
auth = pytest.importorskip("botocore.auth")
AWSRequest = pytest.importorskip("botocore.awsrequest").AWSRequest
Credentials = pytest.importorskip("botocore.credentials").Credentials

REGION, ACCOUNT, SESSION = "eu-central-1", "123456789012", "a-session"
KEY, SECRET = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
RULE = """title: Somebody locks the kettle
id: 6f4f9f4e-8f0e-4d7e-9d0a-0f1b8c0f3a77
status: stable
description: A rule of this test.
author: Plainsight
date: 2026-11-30
logsource: {product: genai}
detection:
  locked: {event.action: kettle.lock}
  condition: locked
falsepositives: [Tea]
level: high
"""


class Moto:
    """A moto server. What it holds is gone when it is killed."""

    def __init__(self):
        self.port = free_port()
        self.start()

    def start(self):
        command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.port)]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 60
        while True:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/moto-api/", timeout=2).read()
                break
            except OSError:
                assert time.monotonic() < deadline, "moto does not start"
                time.sleep(0.1)
        place = {"LocationConstraint": REGION}
        self.client("s3").create_bucket(Bucket="lake", CreateBucketConfiguration=place)
        self.client("kinesis").create_stream(StreamName="alerts", ShardCount=1)
        self.client("securityhub").enable_security_hub()

    def kill(self):
        self.process.kill()
        self.process.wait()

    def client(self, service: str):
        endpoint = f"http://127.0.0.1:{self.port}"
        return boto3.client(service, REGION, endpoint_url=endpoint, aws_access_key_id=KEY, aws_secret_access_key=SECRET)

    def objects(self) -> dict[str, bytes]:
        client = self.client("s3")
        pages = client.get_paginator("list_objects_v2").paginate(Bucket="lake")
        names = [one["Key"] for page in pages for one in page.get("Contents", [])]
        return {name: client.get_object(Bucket="lake", Key=name)["Body"].read() for name in names}

    def records(self) -> list[dict]:
        client = self.client("kinesis")
        shard = client.list_shards(StreamName="alerts")["Shards"][0]["ShardId"]
        place = client.get_shard_iterator(StreamName="alerts", ShardId=shard, ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
        records = []
        while place:
            answer = client.get_records(ShardIterator=place, Limit=1000)
            records += [json.loads(one["Data"]) for one in answer["Records"]]
            place = answer["NextShardIterator"] if answer["Records"] else None
        return records

    def findings(self) -> list[dict]:
        pages = self.client("securityhub").get_paginator("get_findings").paginate()
        return [finding for page in pages for finding in page["Findings"]]


def is_signed(method: str, path: str, headers: dict[str, str], body: bytes) -> bool:
    """Whether botocore, given the same keys, signs the request the same way."""
    headers = {name.lower(): value for name, value in headers.items()}
    parts = dict(part.strip().split("=", 1) for part in headers["authorization"].split(" ", 1)[1].split(","))
    service = parts["Credential"].split("/")[3]
    signed = {name: headers[name] for name in parts["SignedHeaders"].split(";")}
    judge = (auth.S3SigV4Auth if service == "s3" else auth.SigV4Auth)(Credentials(KEY, SECRET, SESSION), service, REGION)
    request = AWSRequest(method, f"http://{headers['host']}{path}", signed, body)
    request.context["timestamp"] = headers["x-amz-date"]
    text = judge.string_to_sign(request, judge.canonical_request(request))
    digest = signed.get("x-amz-content-sha256", hashlib.sha256(body).hexdigest())
    covered = {"host", "x-amz-date", "x-amz-security-token"} <= signed.keys()
    return covered and digest == hashlib.sha256(body).hexdigest() and judge.signature(text, request) == parts["Signature"]


class Relay:
    """Stands before moto and notes what moto took, since moto forgets it when it is killed."""

    def __init__(self, moto: Moto):
        self.port, self.unsigned = free_port(), 0
        self.objects, self.records, self.findings, outer = {}, [], [], self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def pass_on(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                outer.unsigned += not is_signed(self.command, self.path, dict(self.headers), body)
                try:
                    moto_side = http.client.HTTPConnection("127.0.0.1", moto.port, timeout=20)
                    moto_side.request(self.command, self.path, body, dict(self.headers))
                    answer = moto_side.getresponse()
                    said = answer.read()
                except (OSError, http.client.HTTPException):
                    self.close_connection = True
                    return
                if answer.status == 200:
                    outer.note(self.path, body, said)
                self.send_response(answer.status)
                self.send_header("content-length", str(len(said)))
                self.end_headers()
                self.wfile.write(said)

            do_PUT = do_POST = pass_on

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def note(self, path: str, body: bytes, said: bytes):
        if path == "/findings/import":
            assert json.loads(said)["FailedCount"] == 0, said
            self.findings += json.loads(body)["Findings"]
        elif path == "/":
            self.records += [json.loads(base64.b64decode(one["Data"])) for one in json.loads(body)["Records"]]
        else:
            self.objects[path.removeprefix("/lake/")] = body

    def close(self):
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def moto():
    running = Moto()
    yield running
    running.kill()


@pytest.fixture
def relay(moto):
    running = Relay(moto)
    yield running
    running.close()


def configured(tmp_path, relay) -> str:
    keys = {"Version": 1, "AccessKeyId": KEY, "SecretAccessKey": SECRET, "SessionToken": SESSION}
    (tmp_path / "keys.json").write_text(json.dumps(keys))
    (tmp_path / "kettle.yml").write_text(RULE)
    config = f'[detect]\nshipped = false\nrules = ["{tmp_path / "kettle.yml"}"]\n'
    for kind, destination in [("s3", "lake/llm"), ("kinesis", "alerts"), ("securityhub", ACCOUNT)]:
        config += f"""
[[sinks]]
name = "{kind}"
type = "{kind}"
url = "http://127.0.0.1:{relay.port}"
region = "{REGION}"
destination = "{destination}"
token = "file:{tmp_path / 'keys.json'}"
allow_private = true
"""
    return config


def lock(server, numbers: range):
    for first in range(numbers.start, numbers.stop, 250):
        some = range(first, min(first + 250, numbers.stop))
        send(server, [{"type": "account", "id": f"lock-{number}", "action": "kettle.lock", "user": f"user-{number}"} for number in some])


def sinks(server) -> dict[str, dict]:
    return {sink["name"]: sink for sink in json.loads(server.get("/api/v1/status"))["sinks"]}


def until_sent(server, count: int, seconds: float = 180):
    deadline = time.monotonic() + seconds
    while any(sink["sent"] < count for sink in sinks(server).values()):
        assert time.monotonic() < deadline, sinks(server)
        time.sleep(0.2)


def ids(events: list[dict]) -> list[str]:
    return [event["finding_info"]["uid"] for event in events]


def lines(objects: dict[str, bytes]) -> list[dict]:
    return [json.loads(line) for name in sorted(objects) for line in objects[name].splitlines()]


def test_no_alert_is_lost_though_the_cloud_is_killed(tmp_path, upstream, moto, relay):
    server = started(tmp_path, upstream, configured(tmp_path, relay))
    try:
        lock(server, range(1000))
        while len(relay.findings) < 100 or not relay.objects or not relay.records:
            time.sleep(0.01)
        moto.kill()
        time.sleep(0.5)
        before = {"objects": set(relay.objects), "records": len(relay.records)}
        lock(server, range(1000, 2000))
        until(server, 2000, "id IS NOT NULL", seconds=60)
        assert any(sink["last_error"] for sink in sinks(server).values())
        moto.start()
        lock(server, range(2000, 3000))
        told = [alert["id"] for alert in until(server, 3000, "id IS NOT NULL", seconds=60)]
        assert len(told) == 3000
        until_sent(server, 3000)

        assert relay.unsigned == 0
        assert ids(lines(relay.objects)) == told, "all lines of all objects, in the order of their names"
        assert ids(relay.records) == told
        assert [finding["Id"] for finding in relay.findings] == told
        assert all(sink["dead"] == 0 for sink in sinks(server).values())

        # What is read back from the cloud that was started again is what was sent to it.
        held = moto.objects()
        assert held == {name: body for name, body in relay.objects.items() if name not in before["objects"]}
        assert moto.records() == relay.records[before["records"]:]
        findings = {finding["Id"]: finding for finding in moto.findings()}
        assert len(findings) >= 1000 and set(told[2000:]) <= set(findings)
        rows = {alert["id"]: alert for alert in alerts(server)}
        for finding in findings.values():
            assert finding["Description"] == rows[finding["Id"]]["reason"]
            assert finding["Severity"]["Label"] == "HIGH" and finding["AwsAccountId"] == ACCOUNT
            assert finding["Resources"] and finding["ProductArn"].endswith(f":product/{ACCOUNT}/default")
        for name in (SECRET, SESSION):
            assert name not in server.output.read_text() and name not in json.dumps(sinks(server))
    finally:
        server.stop()


def test_sinks_of_the_cloud_can_be_tried(tmp_path, upstream, moto, relay):
    server = started(tmp_path, upstream, configured(tmp_path, relay))
    server.stop()
    config = str(tmp_path / "data.toml")
    done = server.command("sinks", "test", "--config", config, check=False)
    assert done.returncode == 0 and done.stdout.count("took the test alert") == 3, done.stdout + done.stderr
    assert moto.findings()[0]["Title"] == "Test of a sink" and len(moto.objects()) == len(moto.records()) == 1
    moto.client("kinesis").delete_stream(StreamName="alerts")
    done = server.command("sinks", "test", "kinesis", "--config", config, check=False)
    assert done.returncode == 1 and "does not exist" in done.stdout, done.stdout + done.stderr
