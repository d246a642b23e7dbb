"""Schemathesis with all letters and numbers. It reads `\\p{L}` as Latin letters and `\\p{N}` as ten digits,
and then takes `º` or `漢` for what the pattern refuses; here both are what its own validator says they are."""

import sys

import jsonschema_rs
from schemathesis.cli import schemathesis
from schemathesis.core.jsonschema import patterns


def characters(category: str) -> str:
    """The characters of a general category, as a regular expression has them between brackets."""
    matches = jsonschema_rs.validator_for({"type": "string", "pattern": rf"^\p{{{category}}}$"}).is_valid
    ranges: list[list[int]] = []
    for code in range(sys.maxunicode + 1):
        if 0xD800 <= code <= 0xDFFF or not matches(chr(code)):
            continue
        if ranges and ranges[-1][1] == code - 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    return "".join(rf"\U{first:08x}-\U{last:08x}" for first, last in ranges)


for name in ("L", "N"):
    patterns._UNICODE_PROPERTY_RAW_MAP[name] = characters(name)
schemathesis()
