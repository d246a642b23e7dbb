"""detect-secrets on labelled rows: JSON lines in, {"found"} out, in code points; then its speed.

Each text is a file of its own, scanned as the command scans files, with the settings it has without
configuration.
"""

import json
import pathlib
import sys
import tempfile
import time

from detect_secrets.core.scan import scan_file
from detect_secrets.settings import default_settings


def found(path: pathlib.Path, text: str) -> list:
    path.write_text(text, encoding="utf-8")
    spans = set()
    for secret in scan_file(str(path)):
        start = text.find(secret.secret_value)
        if start >= 0:
            spans.add((start, start + len(secret.secret_value)))
    return [{"type": "SECRET", "start": start, "end": end} for start, end in sorted(spans)]


def main() -> None:
    rows = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
    with default_settings(), tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "row.txt"
        for row in rows:
            print(json.dumps({"found": found(path, row["text"])}))
        if len(sys.argv) > 2:
            text = open(sys.argv[2], encoding="utf-8").read()
            begin = time.perf_counter()
            found(path, text)
            print(json.dumps({"speed": len(text.encode()) / (time.perf_counter() - begin) / 1e6}))


main()
