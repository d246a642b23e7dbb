"""What a long text takes of memory: a few times its length where it is one line, and no more however
many lines there are."""

import json
import subprocess
import time

from conftest import BINARY

MIB = 1 << 20


def scan(path) -> tuple[list[dict], int]:
    """The answers to the lines of a file, without their texts, and the most memory it took."""
    answer = path.with_suffix(".out")
    with path.open("rb") as lines, answer.open("wb") as out:
        process = subprocess.Popen([BINARY, "scan"], stdin=lines, stdout=out, cwd=path.parent)
        peak = 0
        # What the system says of a process that has ended counts this one's memory with it.
        while process.poll() is None:
            peak = max(peak, so_far(process.pid))
            time.sleep(0.01)
    assert process.returncode == 0
    answers = []
    with answer.open() as lines:
        for line in lines:
            read = json.loads(line)
            answers.append({"redacted": len(read["redacted"]), "sensitive": len(read["sensitive"])})
    return answers, peak


def so_far(pid: int) -> int:
    try:
        status = open(f"/proc/{pid}/status").read()
    except OSError:
        return 0
    return int(status.split("VmHWM:")[1].split()[0]) * 1024 if "VmHWM:" in status else 0


def text(size: int) -> str:
    """Mostly empty lines: without optimisation, prose takes a minute."""
    page = "mail person-1@example.com, please\n" + " \n" * 8_000
    return page * (size // len(page))


def write(path, texts):
    with path.open("w") as out:
        for number, content in enumerate(texts):
            json.dump({"id": number, "text": content}, out)
            out.write("\n")
    return path


def test_a_long_line_takes_a_few_times_its_length_and_many_take_no_more(tmp_path):
    _, base = scan(write(tmp_path / "short.jsonl", ["mail person-1@example.com"]))

    # Empty lines are escaped: on the line they are half as long again.
    whole = text(16 * MIB)
    answers, peak = scan(write(tmp_path / "one.jsonl", [whole]))
    assert answers[0]["sensitive"] == whole.count("@")
    assert peak - base < 5 * len(whole), f"{(peak - base) // MIB} MiB"

    part = text(MIB // 8)
    answers, peak = scan(write(tmp_path / "many.jsonl", [part] * 128))
    assert len(answers) == 128 and {answer["sensitive"] for answer in answers} == {part.count("@")}
    assert peak - base < 40 * MIB, f"{(peak - base) // MIB} MiB"
