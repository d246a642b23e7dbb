"""Valid values of every type that is taken out by default, the same in every run.

A canary stands behind its label where its type needs one. None of them was ever issued: they are made from
the hash of their number.
"""

import dataclasses
import hashlib
import random
from collections.abc import Callable

LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
GIVEN = "Andrea Benjamin Carla Daniel Elena Felix Gloria Henry Irene Jonas Katherine Leonard Monica Nicholas Olivia Patrick Rebecca Samuel Theresa Victor".split()
FAMILY = "Anderson Bennett Carpenter Donovan Ellison Fletcher Gardner Harrison Ingram Johnson Keller Lawson Mitchell Newman Palmer Richardson Sanders Thompson Underwood Walker".split()
STREETS = "Maple Avenue,Oak Street,Cedar Lane,Washington Street,Lincoln Road,Church Street,Park Avenue,Mill Road".split(",")
CITIES = "Portland, OR;Austin, TX;Denver, CO;Boston, MA;Seattle, WA;Chicago, IL".split(";")


@dataclasses.dataclass(frozen=True)
class Form:
    """A type, what stands before its values, and how one is made."""

    type: str
    label: str
    make: Callable[[random.Random], str]


@dataclasses.dataclass(frozen=True)
class Canary:
    """What is planted, and what must not be seen again."""

    type: str
    text: str
    value: str


def canary(form: Form, number: int) -> Canary:
    value = form.make(random.Random(f"canary {form.type} {form.label} {number}"))
    return Canary(form.type, f"{form.label} {value}".strip(), value)


def digits(source: random.Random, count: int) -> str:
    return "".join(source.choices("0123456789", k=count))


def token(source: random.Random, count: int, alphabet: str = BASE62) -> str:
    return "".join(source.choices(alphabet, k=count))


def weighted(number: str, weights: list[int]) -> int:
    return sum(int(digit) * weight for digit, weight in zip(number, weights))


def luhn(number: str) -> str:
    """The number with its check digit (ISO/IEC 7812-1)."""
    total = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return number + str(-total % 10)


def iban(source: random.Random) -> str:
    account = "37040044" + digits(source, 10)
    return f"DE{98 - int(account + '131400') % 97:02}{account}"


def routing(source: random.Random) -> str:
    body = "0210" + digits(source, 4)
    return body + str(-weighted(body, [3, 7, 1, 3, 7, 1, 3, 7]) % 10)


def birth(source: random.Random) -> str:
    return f"{source.randrange(1930, 2005)}-{source.randrange(1, 13):02}-{source.randrange(1, 29):02}"


def ssn(source: random.Random) -> str:
    return f"{source.randrange(100, 660)}-{source.randrange(1, 100):02}-{source.randrange(1, 10_000):04}"


def pesel(source: random.Random) -> str:
    body = birth(source).replace("-", "")[2:] + digits(source, 4)
    return body + str(-weighted(body, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3]) % 10)


def cpf(source: random.Random) -> str:
    body = digits(source, 9)
    for start in (10, 11):
        rest = weighted(body, list(range(start, 1, -1))) % 11
        body += "0" if rest < 2 else str(11 - rest)
    return f"{body[:3]}.{body[3:6]}.{body[6:9]}-{body[9:]}"


def nhs(source: random.Random) -> str:
    while True:
        body = "4" + digits(source, 8)
        check = -weighted(body, list(range(10, 1, -1))) % 11
        if check < 10:
            return f"{body[:3]} {body[3:6]} {body[6:]}{check}"


def npi(source: random.Random) -> str:
    body = "1" + digits(source, 8)
    return body + luhn("80840" + body)[-1]


def abn(source: random.Random) -> str:
    while True:
        number = str(source.randrange(10, 100)) + digits(source, 9)
        if (weighted(number, [10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19]) - 10) % 89 == 0:
            return f"{number[:2]} {number[2:5]} {number[5:8]} {number[8:]}"


def licence(source: random.Random) -> str:
    """Of Great Britain: name, decade, month, day, year, initials, two check letters."""
    name = token(source, 5, LETTERS)
    born = f"{source.randrange(10)}{source.randrange(1, 13):02}{source.randrange(1, 29):02}{source.randrange(10)}"
    return f"{name}{born}{token(source, 2, LETTERS)}9{token(source, 2, LETTERS)}"


def vin(source: random.Random) -> str:
    """With the check digit of 49 CFR 565.15."""
    value = dict(zip("ABCDEFGH", range(1, 9))) | dict(zip("JKLMN", range(1, 6))) | {"P": 7, "R": 9}
    value |= dict(zip("STUVWXYZ", range(2, 10))) | {digit: int(digit) for digit in "0123456789"}
    number = "1HG" + token(source, 5, LETTERS) + "0" + token(source, 2, LETTERS) + digits(source, 6)
    total = sum(value[char] * weight for char, weight in zip(number, [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2]))
    return number[:8] + "0123456789X"[total % 11] + number[9:]


def bitcoin(source: random.Random) -> str:
    body = b"\0" + source.randbytes(20)
    body += hashlib.sha256(hashlib.sha256(body).digest()).digest()[:4]
    number, text = int.from_bytes(body), ""
    while number:
        number, rest = divmod(number, 58)
        text = BASE58[rest] + text
    return "1" * (len(body) - len(body.lstrip(b"\0"))) + text


def hexes(source: random.Random, count: int, size: int) -> str:
    return ":".join(f"{source.randrange(16 ** (size - 1), 16 ** size):x}" for _ in range(count))


def coordinates(source: random.Random) -> str:
    return f"{source.uniform(47, 54):.6f}, {source.uniform(6, 15):.6f}"


def address(source: random.Random) -> str:
    return f"{source.randrange(10, 9990)} {source.choice(STREETS)}, {source.choice(CITIES)} {source.randrange(10_000, 99_999)}"


FORMS = [
    Form("EMAIL_ADDRESS", "", lambda r: f"person.{token(r, 12, BASE62.lower())}@example.com"),
    Form("PHONE_NUMBER", "phone", lambda r: f"+49 151 {digits(r, 8)}"),
    Form("CREDIT_CARD", "", lambda r: luhn("4" + digits(r, 14))),
    Form("IBAN", "", iban),
    Form("BANK_ACCOUNT", "routing number", routing),
    Form("US_SSN", "social security number", ssn),
    Form("NATIONAL_ID", "PESEL", pesel),
    Form("TAX_ID", "CPF", cpf),
    Form("PASSPORT", "passport number", lambda r: "5" + digits(r, 8)),
    Form("DRIVING_LICENCE", "driving licence", licence),
    Form("HEALTH_ID", "NHS number", nhs),
    Form("PROFESSIONAL_ID", "NPI", npi),
    Form("COMPANY_ID", "ABN", abn),
    Form("VEHICLE_ID", "VIN", vin),
    Form("DEVICE_ID", "", lambda r: "02:" + hexes(r, 5, 2)),
    Form("IP_ADDRESS", "", lambda r: "2001:db8:" + hexes(r, 6, 4)),
    Form("CRYPTO_ADDRESS", "", bitcoin),
    Form("COORDINATES", "coordinates", coordinates),
    Form("ADDRESS", "I live at", address),
    Form("DATE_OF_BIRTH", "date of birth", birth),
    Form("PERSON", "my name is", lambda r: f"{r.choice(GIVEN)} {r.choice(FAMILY)}"),
    Form("SECRET", "", lambda r: f"sk-proj-{token(r, 48)}"),
    Form("SECRET", "", lambda r: f"ghp_{token(r, 36)}"),
    Form("SECRET", "", lambda r: f"AKIA{token(r, 16, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567')}"),
    Form("SECRET", "", lambda r: f"postgres://app:{token(r, 20)}@db.example.com/orders"),
    Form("SECRET", "", lambda r: f"xoxb-{digits(r, 12)}-{digits(r, 12)}-{token(r, 24)}"),
    Form("SECRET", "", lambda r: f"sk-ant-api03-{token(r, 93)}AA"),
    Form("SECRET", "password:", lambda r: f"{r.choice(['kettle', 'harbor', 'falcon'])}-{token(r, 10)}"),
]
# What is told and kept is no canary: names of organisations and places, ages.
KEPT = {"ORGANIZATION", "LOCATION", "AGE", "DATE_TIME"}
