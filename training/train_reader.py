"""Train the reader: a small cross-encoder that gives relevance and the answer span in one pass.

Checkpoints are written as it goes; ``--resume`` goes on from the last. Runs on a GPU where there is one.
``python -m training.train_reader --help``.
"""

import argparse
import json
import math
import random
import time
from pathlib import Path

import torch
from tokenizers import Tokenizer

from training.backbone import backbone_folder
from training.examples import load_examples
from training.inputs import Encoder, batches, collate
from training.reader_model import ReaderModel, save_checkpoint

_NEVER = -1e4


def loss_of(model: ReaderModel, batch: dict[str, torch.Tensor]) -> torch.Tensor:
    """Cross-entropy of start and end, marginal over the places where each may be, and of relevance."""
    span, relevance = model(batch["input_ids"], batch["attention_mask"], batch["token_type_ids"])
    span = span.float().masked_fill(~batch["allowed"][:, :, None], _NEVER)
    log_p = torch.log_softmax(span, dim=1)
    marked = batch["starts"].any(dim=1)
    where = torch.zeros((), device=span.device)
    for side, name in enumerate(("starts", "ends")):
        gold = log_p[:, :, side].masked_fill(~batch[name], _NEVER)[marked]
        where = where - torch.logsumexp(gold, dim=1).sum() / max(1, int(marked.sum())) / 2
    whether = torch.nn.functional.binary_cross_entropy_with_logits(relevance.float(), batch["answerable"])
    return where + whether


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="Folder of the training data.")
    parser.add_argument("--squad", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--backbone", type=Path, help="Folder of another BERT sentence encoder.")
    parser.add_argument("--initial", type=Path, help="Begin with the weights of this checkpoint.")
    parser.add_argument("--examples", type=int, default=52_000, help="At most so many.")
    parser.add_argument("--epochs", type=float, default=1.0)
    parser.add_argument("--learning-rate", type=float, default=2e-4)
    parser.add_argument("--batch-tokens", type=int, default=4096)
    parser.add_argument("--seed", type=int, default=13)
    parser.add_argument("--resume", action="store_true")
    options = parser.parse_args()
    rng = random.Random(options.seed)
    torch.manual_seed(options.seed)
    backbone = options.backbone or backbone_folder()
    device = "cuda" if torch.cuda.is_available() else "cpu"
    examples = load_examples(options.data, options.squad, options.seed)
    encoder = Encoder(Tokenizer.from_file(str(backbone / "tokenizer.json")))
    rows = [row for e in examples[: options.examples] if (row := encoder.row(e, rng)) is not None]
    plan = batches(rows, options.batch_tokens, rng)
    steps = math.ceil(len(plan) * options.epochs)
    while len(plan) < steps:
        plan += batches(rows, options.batch_tokens, rng)
    _say(examples=len(rows), steps=steps, mean_tokens=round(sum(len(r.ids) for r in rows) / len(rows)))
    model = ReaderModel.from_encoder(backbone)
    if options.initial:
        model.load_state_dict(torch.load(options.initial, map_location="cpu")["model"])
    model.to(device).train()
    optimizer = torch.optim.AdamW(
        (p for p in model.parameters() if p.requires_grad), lr=options.learning_rate, weight_decay=0.01
    )
    done = 0
    if options.resume and (options.output / "training.pt").exists():
        saved = torch.load(options.output / "training.pt", map_location=device)
        model.load_state_dict(saved["model"])
        optimizer.load_state_dict(saved["optimizer"])
        done = saved["step"]
    began, seen, smooth = time.time(), 0, None
    for step in range(done, steps):
        warm = min(1.0, (step + 1) / (0.06 * steps))
        for group in optimizer.param_groups:
            group["lr"] = options.learning_rate * warm * (1 - step / steps)
        with torch.autocast(device, dtype=torch.bfloat16):
            loss = loss_of(model, {name: value.to(device) for name, value in collate(plan[step]).items()})
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        seen += len(plan[step])
        smooth = loss.item() if smooth is None else 0.98 * smooth + 0.02 * loss.item()
        if step % 50 == 0:
            _say(step=step, of=steps, loss=round(smooth, 4), per_s=round(seen / (time.time() - began), 1))
        if step % 200 == 199 or step == steps - 1:
            save_checkpoint(options.output, model, optimizer, step + 1)


def _say(**facts: float) -> None:
    print(json.dumps(facts), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
