"""Train the reader: a small cross-encoder that gives relevance and the answer span in one pass.

On what ``python -m training.pack_reader`` wrote. Starts from the sentence encoder, or from another reader
(``--start-from``). Keeps a moving average of the weights, which is what is exported. Checkpoints are written as it
goes; ``--resume`` goes on from the last. Runs on a GPU where there is one. ``python -m training.train_reader --help``.
"""

import argparse
import json
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import torch
from torch.utils.data import DataLoader, Dataset

from training.backbone import backbone_folder
from training.losses import Batch, loss_of
from training.packed import HELD, TRAIN, Members, Pack
from training.reader_model import Average, ReaderModel, load_checkpoint, load_trained, save_checkpoint, save_weights
from training.rows import collate_units
from training.watch import watched

_CUDA = torch.cuda.is_available()
_DEVICE = "cuda" if _CUDA else "cpu"
_EVERY = 100
"""Steps from one line to the next."""
_KEPT_EVERY = 10 * _EVERY if _CUDA else _EVERY
"""Steps from one checkpoint to the next."""


class _Pass(Dataset[Batch]):
    """The batches of one pass over the data; the same for the same seed and number."""

    def __init__(self, pack: Pack, batches: Sequence[Sequence[Members]], seed: str) -> None:
        self._pack, self._batches, self._seed = pack, batches, seed

    def __len__(self) -> int:
        return len(self._batches)

    def __getitem__(self, number: int) -> Batch:
        rng = random.Random(f"{self._seed}/{number}")
        return collate_units(self._pack.units(self._batches[number], rng))


def endless(pack: Pack, options: argparse.Namespace, done: int) -> Iterator[Batch]:
    """The batches of pass after pass, but for the first ``done``."""
    number = 0
    while True:
        seed = f"{options.seed}/{number}"
        batches = pack.batches(options.batch_tokens, random.Random(seed))
        skipped = min(done, len(batches))
        done -= skipped
        one = _Pass(pack, batches, seed)
        if skipped < len(batches):
            order = range(skipped, len(batches))
            yield from DataLoader(one, batch_size=None, sampler=order, num_workers=options.workers, pin_memory=_CUDA)
        number += 1


def rate(step: int, steps: int, options: argparse.Namespace) -> float:
    """The learning rate: up over the first steps, then down to nothing over the last ``--decay``, level between.

    A ``--decay`` of 0 keeps it level to the end.
    """
    warm = min(1.0, (step + 1) / options.warm_up)
    down = min(1.0, (steps - step) / (options.decay * steps)) if options.decay > 0 else 1.0
    return float(options.learning_rate * warm * down)


def main() -> None:
    options = _options()
    torch.manual_seed(options.seed)
    pack, held = Pack.open(options.pack / TRAIN, dict(options.times)), Pack.open(options.pack / HELD)
    backbone = backbone_folder(options.pack)
    model = _started(options.start_from, backbone).to(_DEVICE).train()
    teacher = load_trained(options.teacher, backbone).to(_DEVICE) if options.teacher else None
    average = Average(model, options.average)
    trained = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=options.learning_rate, weight_decay=0.01, fused=_CUDA)
    checkpoint = options.output / "training.pt"
    done = load_checkpoint(checkpoint, model, average, optimizer) if options.resume and checkpoint.exists() else 0
    _say(device=torch.cuda.get_device_name() if _CUDA else "cpu", torch=torch.__version__, done=done)
    began = time.monotonic()
    loss_sum = torch.zeros((), device=_DEVICE)
    for step, batch in enumerate(endless(pack, options, done) if done < options.steps else (), done):
        for group in optimizer.param_groups:
            group["lr"] = rate(step, options.steps, options)
        moved = {name: value.to(_DEVICE, non_blocking=True) for name, value in batch.items()}
        with torch.autocast(_DEVICE, dtype=torch.bfloat16):
            loss = loss_of(model, moved, options.among, teacher)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimizer.step()
        average.take(model)
        loss_sum += loss.detach()
        if (step + 1) % _EVERY == 0:
            seconds = round(time.monotonic() - began)
            _say(step=step + 1, of=options.steps, loss=round(loss_sum.item() / _EVERY, 4), seconds=seconds)
            loss_sum.zero_()
        is_last = step + 1 >= options.steps
        if is_last or (step + 1) % _KEPT_EVERY == 0:
            save_checkpoint(checkpoint, model, average, optimizer, step + 1)
        if is_last or (step + 1) % options.watch == 0:
            _say(step=step + 1, **watched(model, average, held, _DEVICE))
        if is_last:
            break
    save_weights(options.output, average.weights)


def _started(reader: Path | None, backbone: Path) -> ReaderModel:
    if reader is None:
        return ReaderModel.from_encoder(backbone)
    if reader.is_dir():
        return load_trained(reader, backbone)
    from training.start import start_from

    model = ReaderModel.from_encoder(backbone)
    start_from(reader, model)
    return model


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pack", type=Path, required=True, help="Folder that training.pack_reader wrote.")
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--start-from", type=Path, help="The output folder of a training, or an exported reader.onnx.")
    parser.add_argument("--teacher", type=Path, help="Output folder of a training, whose reader is learnt from, too.")
    parser.add_argument("--steps", type=int, default=2_000)
    parser.add_argument("--warm-up", type=int, default=300, help="Steps over which the rate goes up.")
    parser.add_argument("--decay", type=float, default=1.0, help="Share of the steps over which the rate goes down.")
    parser.add_argument("--learning-rate", type=float, default=2e-4)
    parser.add_argument("--among", type=float, default=0.5, help="Weight of the choice inside groups.")
    parser.add_argument("--average", type=float, default=0.999, help="Of the moving average, what a step keeps.")
    parser.add_argument("--batch-tokens", type=int, default=4096)
    parser.add_argument("--watch", type=int, default=1_000, help="Steps from one measuring on held.npz to the next.")
    parser.add_argument(
        "--times", type=_times, action="append", default=[], help="tables=10: that source ten times as often."
    )
    parser.add_argument("--workers", type=int, default=0, help="Processes that prepare batches.")
    parser.add_argument("--seed", type=int, default=13)
    parser.add_argument("--resume", action="store_true")
    return parser.parse_args()


def _times(text: str) -> tuple[str, float]:
    source, factor = text.split("=")
    return source, float(factor)


def _say(**facts: object) -> None:
    print(json.dumps(facts), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
