"""How well a reader reads the right paragraph: EM, F1, and telling SQuAD's unanswerable questions apart.

On articles of the development set that are not trained on. ``python -m training.evaluate_reader --help``.
"""

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
from tokenizers import Tokenizer

from evals.metrics.exact_match import exact_match
from evals.metrics.token_f1 import token_f1
from training.backbone import backbone_folder
from training.example import Example
from training.inputs import Encoder
from training.reader_model import ReaderModel, load_trained
from training.rows import Row
from training.start import start_from
from training.watch import auroc, read

_AT_ONCE = 32


def evaluate(model: ReaderModel, encoder: Encoder, tokenizer: Tokenizer, squad: Path, articles: range) -> dict:
    data = json.loads(squad.read_text(encoding="utf-8"))["data"]
    rows: list[Row] = []
    golds: list[list[str]] = []
    contexts: list[str] = []
    for index in articles:
        title = data[index]["title"].replace("_", " ")
        for paragraph in data[index]["paragraphs"]:
            for qa in paragraph["qas"]:
                row = encoder.row(Example("", qa["question"], title, paragraph["context"], True))
                if row is not None:
                    rows.append(row)
                    contexts.append(paragraph["context"])
                    golds.append([a["text"] for a in qa["answers"]])
    order = sorted(range(len(rows)), key=lambda i: len(rows[i].ids))
    answerable, margins, relevances, em, f1 = [], [], [], [], []
    for begin in range(0, len(order), _AT_ONCE):
        chosen = order[begin : begin + _AT_ONCE]
        for i, ((first, last), margin, relevance) in zip(
            chosen, read(model, [rows[i] for i in chosen], "cpu"), strict=True
        ):
            answerable.append(bool(golds[i]))
            margins.append(margin)
            relevances.append(relevance)
            if golds[i]:
                offsets = tokenizer.encode(contexts[i], add_special_tokens=False).offsets
                body = rows[i].body
                answer = contexts[i][offsets[first - body][0] : offsets[last - body][1]]
                em.append(exact_match(answer, golds[i]))
                f1.append(token_f1(answer, golds[i]))
    return {
        "questions": len(rows),
        "em": round(float(np.mean(em)), 4),
        "f1": round(float(np.mean(f1)), 4),
        "auroc_margin": auroc(answerable, margins),
        "auroc_relevance": auroc(answerable, relevances),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("reader", type=Path, nargs="+", help="A checkpoint's folder, or an exported reader.onnx.")
    parser.add_argument("--squad", type=Path, required=True)
    parser.add_argument("--backbone", type=Path, help="Folder of the sentence encoder it was trained from.")
    options: Any = parser.parse_args()
    backbone = options.backbone or backbone_folder()
    tokenizer = Tokenizer.from_file(str(backbone / "tokenizer.json"))
    for reader in options.reader:
        if reader.suffix == ".onnx":
            model = ReaderModel.from_encoder(backbone).eval()
            start_from(reader, model)
        else:
            model = load_trained(reader, backbone)
        figures = evaluate(model, Encoder(tokenizer), tokenizer, options.squad, range(6, 8))
        print(json.dumps({"reader": str(reader), **figures}), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
