"""Makes the sequence classifiers that the tests load: for each label the highest score of a text's pieces.

    pip install onnx
    python make.py
"""

import json
import pathlib

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

HERE = pathlib.Path(__file__).parent
POSITIONS = 512
# What each piece says for each label that is not the first. `void` has scores that are no numbers,
# and `broken` has none, so that a model fails at it.
PIECES = {"attack": [6, -4], "trick": [-4, 6], "void": [float("nan")] * 2, "hello": [-4, -4], ".": [-4, -4]}
SPECIAL = ["[PAD]", "[CLS]", "[SEP]", "[UNK]"]


def model(labels: list[str], inputs: list[str]):
    scores = numpy.full((len(SPECIAL) + len(PIECES), len(labels)), -4.0, dtype=numpy.float32)
    scores[:, 0] = 0.0
    for number, said in enumerate(PIECES.values(), len(SPECIAL)):
        scores[number, 1:] = said[: len(labels) - 1]
    tables = {
        "scores": scores,
        "positions": numpy.zeros((POSITIONS, len(labels)), dtype=numpy.float32),
        "zero": numpy.zeros(1, dtype=numpy.float32),
        "first": numpy.array([0], dtype=numpy.int64),
        "second": numpy.array([1], dtype=numpy.int64),
    }
    nodes = [
        helper.make_node("Gather", ["scores", "input_ids"], ["gathered"], axis=0),
        # A longer text than there are positions cannot be added to them.
        helper.make_node("Shape", ["input_ids"], ["shape"]),
        helper.make_node("Gather", ["shape", "second"], ["length"], axis=0),
        helper.make_node("Slice", ["positions", "first", "length", "first"], ["places"]),
        helper.make_node("Add", ["gathered", "places"], ["placed"]),
        helper.make_node("ReduceMax", ["placed"], ["highest"], axes=[1], keepdims=0),
        # What is no number stays none.
        helper.make_node("Mul", ["placed", "zero"], ["nothing"]),
        helper.make_node("ReduceSum", ["nothing", "second"], ["sum"], keepdims=0),
        helper.make_node("Add", ["highest", "sum"], ["logits"]),
    ]
    graph = helper.make_graph(
        nodes,
        "classifier",
        [helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "length"]) for name in inputs],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", len(labels)])],
        [numpy_helper.from_array(table, name) for name, table in tables.items()],
    )
    return helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8, producer_name="make.py"
    )


def word_piece() -> dict:
    vocabulary = [*SPECIAL, *PIECES, "broken"]
    return {
        "normalizer": {"type": "BertNormalizer", "lowercase": True, "strip_accents": None},
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "model": {
            "type": "WordPiece",
            "unk_token": "[UNK]",
            "continuing_subword_prefix": "##",
            "vocab": {piece: number for number, piece in enumerate(vocabulary)},
        },
    }


def unigram() -> dict:
    pieces = [*SPECIAL, *("▁" + piece for piece in PIECES), "▁broken"]
    return {
        "normalizer": {"type": "Sequence", "normalizers": [{"type": "Precompiled", "precompiled_charsmap": ""}]},
        "pre_tokenizer": {"type": "Metaspace", "replacement": "▁"},
        "model": {"type": "Unigram", "unk_id": 3, "vocab": [[piece, -1.0] for piece in pieces]},
    }


def write(name: str, labels: list[str], inputs: list[str], tokenizer: dict, model_type: str) -> None:
    folder = HERE / name
    folder.mkdir(exist_ok=True)
    made = model(labels, inputs)
    onnx.checker.check_model(made)
    (folder / "model.onnx").write_bytes(made.SerializeToString())
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer, indent=1) + "\n")
    config = {
        "model_type": model_type,
        "max_position_embeddings": POSITIONS,
        "id2label": {str(number): label for number, label in enumerate(labels)},
    }
    (folder / "config.json").write_text(json.dumps(config) + "\n")


def main():
    write("two", ["SAFE", "INJECTION"], ["input_ids", "attention_mask"], word_piece(), "bert")
    write(
        "three",
        ["BENIGN", "INJECTION", "JAILBREAK"],
        ["input_ids", "token_type_ids", "attention_mask"],
        unigram(),
        "deberta-v2",
    )


if __name__ == "__main__":
    main()
