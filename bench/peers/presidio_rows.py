"""Presidio's pattern recognizers on labelled rows: JSON lines in, {"id", "found"} out, then its speed.

No model: a blank tokenizer stands for the language engine, and the lower-cased tokens for lemmas, so that
context words count. `default` is what an engine has when it is made without configuration, `all` is every
pattern recognizer that the package brings, of all countries, with a score of at least 0.4.
"""

import inspect
import json
import logging
import sys
import time

import spacy
from presidio_analyzer import AnalyzerEngine, PatternRecognizer, RecognizerRegistry, predefined_recognizers
from presidio_analyzer.nlp_engine import SpacyNlpEngine
from spacy.language import Language

logging.disable(logging.WARNING)
SCORE = 0.4


@Language.component("lowered")
def lowered(doc):
    for token in doc:
        token.lemma_ = token.lower_
    return doc


class Blank(SpacyNlpEngine):
    def __init__(self):
        super().__init__(models=[{"lang_code": "en", "model_name": "blank"}])
        blank = spacy.blank("en")
        blank.add_pipe("lowered")
        self.nlp = {"en": blank}

    def load(self):
        pass


def default_engine() -> AnalyzerEngine:
    registry = RecognizerRegistry()
    registry.load_predefined_recognizers(languages=["en"])
    for recognizer in list(registry.recognizers):
        if "Spacy" in type(recognizer).__name__:
            registry.recognizers.remove(recognizer)
    return AnalyzerEngine(registry=registry, nlp_engine=Blank(), supported_languages=["en"])


def every_engine() -> AnalyzerEngine:
    registry = RecognizerRegistry(supported_languages=["en"])
    for name, kind in sorted(inspect.getmembers(predefined_recognizers, inspect.isclass)):
        if issubclass(kind, PatternRecognizer) or name == "PhoneRecognizer":
            registry.add_recognizer(kind(supported_language="en"))
    return AnalyzerEngine(registry=registry, nlp_engine=Blank(), supported_languages=["en"])


def found(engine: AnalyzerEngine, text: str, score: float) -> list:
    results = engine.analyze(text=text, language="en", score_threshold=score)
    return [{"type": result.entity_type, "start": result.start, "end": result.end} for result in results]


def speed(engine: AnalyzerEngine, text: str) -> float:
    """Megabytes a second over the text in pieces of 2 KB."""
    pieces = [text[place : place + 2048] for place in range(0, len(text), 2048)]
    begin = time.perf_counter()
    for piece in pieces:
        engine.analyze(text=piece, language="en")
    return len(text.encode()) / (time.perf_counter() - begin) / 1e6


def main() -> None:
    rows = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
    engine, score = (default_engine(), 0.0) if sys.argv[2] == "default" else (every_engine(), SCORE)
    for row in rows:
        print(json.dumps({"found": found(engine, row["text"], score)}))
    if len(sys.argv) > 3:
        print(json.dumps({"speed": speed(engine, open(sys.argv[3], encoding="utf-8").read())}))


main()
