"""Makes the token classifier that the tests load: a score for each piece and label, nothing else.

    pip install onnx
    python make.py
"""

import json
import pathlib

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

HERE = pathlib.Path(__file__).parent
LABELS = ["O", "B-PER", "I-PER", "B-LOC"]
PIECES = {
    "[PAD]": 0, "[UNK]": 0, "[CLS]": 0, "[SEP]": 0, "anna": 1, "##bel": 0, "li": 2, "lives": 0,
    "in": 0, "gdansk": 3, ".": 0,
}


def model():
    scores = numpy.full((len(PIECES), len(LABELS)), -2.0, dtype=numpy.float32)
    for number, label in enumerate(PIECES.values()):
        scores[number, label] = 3.0
    nodes = [
        helper.make_node("Gather", ["scores", "input_ids"], ["gathered"], axis=0),
        helper.make_node("Cast", ["attention_mask"], ["mask"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["mask", "last"], ["column"]),
        helper.make_node("Mul", ["gathered", "column"], ["logits"]),
    ]
    shape = ["batch", "length"]
    graph = helper.make_graph(
        nodes,
        "classifier",
        [helper.make_tensor_value_info(name, TensorProto.INT64, shape)
         for name in ("input_ids", "attention_mask")],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, [*shape, len(LABELS)])],
        [numpy_helper.from_array(scores, "scores"),
         numpy_helper.from_array(numpy.array([-1], dtype=numpy.int64), "last")],
    )
    return helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8, producer_name="make.py"
    )


def main():
    onnx.checker.check_model(model())
    (HERE / "model.onnx").write_bytes(model().SerializeToString())
    tokenizer = {
        "normalizer": {"type": "BertNormalizer", "lowercase": True, "strip_accents": None},
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "model": {
            "type": "WordPiece",
            "unk_token": "[UNK]",
            "continuing_subword_prefix": "##",
            "vocab": {piece: number for number, piece in enumerate(PIECES)},
        },
    }
    (HERE / "tokenizer.json").write_text(json.dumps(tokenizer, indent=1) + "\n")
    config = {"id2label": {str(number): label for number, label in enumerate(LABELS)}}
    (HERE / "config.json").write_text(json.dumps(config) + "\n")


if __name__ == "__main__":
    main()
