"""Train the reader: a small cross-encoder that gives relevance and the answer span in one pass.

Two stages. The first starts from the sentence encoder, with the examples of training/examples.py. ``--start-from``
goes on from an exported reader, with the groups of training/groups.py, at a lower rate, and keeps a moving average of
the weights. Checkpoints are written as it goes; ``--resume`` goes on from the last. Runs on a GPU where there is one.
``python -m training.train_reader --help``.
"""

import argparse
import json
import math
import pickle
import random
import time
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer

from training.backbone import backbone_folder
from training.examples import load_examples
from training.groups import load_groups
from training.inputs import Encoder, Unit, batches, collate_units
from training.losses import loss_of
from training.reader_model import Average, ReaderModel, save_checkpoint
from training.start import start_from

_EVERY = 100
"""Steps from one checkpoint to the next."""


def plan_of(options: argparse.Namespace, backbone: Path) -> list[list[Unit]]:
    """The batches of all steps; kept beside the checkpoints, so that going on takes the same ones."""
    kept: Path = options.output / "plan.pickle"
    if options.resume and kept.exists():
        with kept.open("rb") as file:
            plan: list[list[Unit]] = pickle.load(file)
        return plan
    rng = random.Random(options.seed)
    encoder = Encoder(Tokenizer.from_file(str(backbone / "tokenizer.json")))
    if options.start_from:
        groups: Any = load_groups(options.data, options.squad, options.held_out, options.seed)
    else:
        groups = [(e,) for e in load_examples(options.data, options.squad, options.seed)]
    units: list[Unit] = []
    for group in groups[: options.examples]:
        rows = [row for e in group if (row := encoder.row(e, rng)) is not None]
        if rows and (rows[0].answerable or len(group) == 1):
            units.append(rows)
    plan = batches(units, options.batch_tokens, rng)
    steps = math.ceil(len(plan) * options.epochs)
    while len(plan) < steps:
        plan += batches(units, options.batch_tokens, rng)
    options.output.mkdir(parents=True, exist_ok=True)
    with kept.open("wb") as file:
        pickle.dump(plan[:steps], file)
    return plan[:steps]


def rate(step: int, steps: int, options: argparse.Namespace) -> float:
    """The learning rate: up over the first steps, down to nothing over the last ``--decay``, level between.

    A ``--decay`` of 0 keeps it level to the end.
    """
    warm = min(1.0, (step + 1) / (0.06 * steps))
    down = min(1.0, (steps - step) / (options.decay * steps)) if options.decay > 0 else 1.0
    return float(options.learning_rate * warm * down)


def main() -> None:
    options = _options()
    torch.manual_seed(options.seed)
    backbone = options.backbone or backbone_folder()
    device = "cuda" if torch.cuda.is_available() else "cpu"
    plan = plan_of(options, backbone)
    steps = min(len(plan), options.steps or len(plan))
    rows = [row for batch in plan[:steps] for unit in batch for row in unit]
    _say(rows=len(rows), steps=steps, of=len(plan), mean_tokens=round(sum(len(r.ids) for r in rows) / len(rows)))
    model = ReaderModel.from_encoder(backbone)
    if options.start_from:
        start_from(options.start_from, model)
    model.to(device).train()
    average = Average(model, options.average)
    optimizer = torch.optim.AdamW(
        (p for p in model.parameters() if p.requires_grad), lr=options.learning_rate, weight_decay=0.01
    )
    done = 0
    if options.resume and (options.output / "training.pt").exists():
        saved = torch.load(options.output / "training.pt", map_location=device)
        model.load_state_dict(saved["model"], strict=False)
        optimizer.load_state_dict(saved["optimizer"])
        average.load(saved["average"])
        done = saved["step"]
    began, smooth = time.time(), None
    for step in range(done, steps):
        for group in optimizer.param_groups:
            group["lr"] = rate(step, steps, options)
        batch = {name: value.to(device) for name, value in collate_units(plan[step]).items()}
        with torch.autocast(device, dtype=torch.bfloat16):
            loss = loss_of(model, batch, options.among)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        average.take(model)
        smooth = loss.item() if smooth is None else 0.98 * smooth + 0.02 * loss.item()
        if step % 20 == 0:
            _say(
                step=step,
                of=steps,
                loss=round(smooth, 4),
                seconds_a_step=round((time.time() - began) / (step + 1 - done), 2),
            )
        if step % _EVERY == _EVERY - 1 or step == steps - 1:
            save_checkpoint(options.output, model, average, optimizer, step + 1)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="Folder of the training data.")
    parser.add_argument("--squad", type=Path, required=True)
    parser.add_argument(
        "--held-out", type=Path, nargs="*", default=[], help="Paragraphs never trained on (SQuAD's layout)."
    )
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--backbone", type=Path, help="Folder of another BERT sentence encoder.")
    parser.add_argument("--start-from", type=Path, help="Go on from this exported reader.onnx.")
    parser.add_argument("--examples", type=int, default=52_000, help="At most so many, or groups.")
    parser.add_argument("--epochs", type=float, default=1.0)
    parser.add_argument("--steps", type=int, help="End after so many.")
    parser.add_argument("--decay", type=float, default=1.0, help="Share of the steps over which the rate goes down.")
    parser.add_argument("--learning-rate", type=float, default=2e-4)
    parser.add_argument("--among", type=float, default=0.5, help="Weight of the choice inside groups.")
    parser.add_argument("--average", type=float, default=0.99, help="Of the moving average, what a step keeps.")
    parser.add_argument("--batch-tokens", type=int, default=4096)
    parser.add_argument("--seed", type=int, default=13)
    parser.add_argument("--resume", action="store_true")
    return parser.parse_args()


def _say(**facts: float) -> None:
    print(json.dumps(facts), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
