"""Train the reader: a small cross-encoder that gives relevance and the answer span in one pass.

Run ``python -m training.train_reader --help``. Checkpoints are written as it goes; ``--resume`` goes on.
"""

import argparse
import json
import math
import random
import time
from pathlib import Path

import torch
from tokenizers import Tokenizer

from index.encode import packaged_folder
from service.answer.cross_encoder import CLS, QUESTION_TOKENS, SEP, TITLE_TOKENS
from training.examples import Example, load_examples
from training.reader_model import ReaderModel, save_checkpoint

MAX_TOKENS = 224


def encode(tokenizer: Tokenizer, example: Example, rng: random.Random) -> dict[str, list[int] | int] | None:
    """Token ids, segment ids and targets; a long context becomes a window that holds the answer.

    ``start`` and ``end`` are 0 (the first token) where there is no answer, -100 where it is not marked.
    """
    question = tokenizer.encode(example.question, add_special_tokens=False).ids[:QUESTION_TOKENS]
    title = tokenizer.encode(example.title, add_special_tokens=False).ids[:TITLE_TOKENS] if example.title else []
    encoding = tokenizer.encode(example.context, add_special_tokens=False)
    ids, offsets = encoding.ids, encoding.offsets
    room = MAX_TOKENS - len(question) - len(title) - 3
    first = last = None
    if example.answer is not None:
        inside = [i for i, (a, b) in enumerate(offsets) if a < example.answer[1] and b > example.answer[0]]
        if not inside:
            return None
        first, last = inside[0], inside[-1]
    begin = 0
    if len(ids) > room:
        if first is not None and last is not None:
            if last - first >= room:
                return None
            begin = rng.randint(max(0, last - room + 1), min(first, len(ids) - room))
        else:
            begin = rng.randint(0, len(ids) - room) if not example.answerable else 0
    window = ids[begin : begin + room]
    prefix = [CLS, *question, SEP, *title]
    input_ids = [*prefix, *window, SEP]
    segments = [0] * (len(question) + 2) + [1] * (len(title) + len(window) + 1)
    start = end = 0
    if example.answerable:
        shift = len(prefix) - begin
        start, end = (first + shift, last + shift) if first is not None and last is not None else (-100, -100)
    return {
        "input_ids": input_ids, "segments": segments, "start": start, "end": end,
        "answerable": int(example.answerable), "body": len(prefix),
    }  # fmt: skip


def batches(rows: list[dict], tokens: int, rng: random.Random) -> list[list[dict]]:
    """Rows of alike length together, about ``tokens`` tokens a batch, in random order."""
    pool = sorted(rows, key=lambda r: len(r["input_ids"]) + rng.random() * 12)
    found, current = [], []
    for row in pool:
        if current and len(row["input_ids"]) * (len(current) + 1) > tokens:
            found.append(current)
            current = []
        current.append(row)
    found.append(current)
    rng.shuffle(found)
    return found


def collate(rows: list[dict]) -> dict[str, torch.Tensor]:
    length = max(len(r["input_ids"]) for r in rows)
    pad = lambda key: torch.tensor([r[key] + [0] * (length - len(r[key])) for r in rows])  # noqa: E731
    mask = torch.tensor([[1] * len(r["input_ids"]) + [0] * (length - len(r["input_ids"])) for r in rows])
    scalar = {key: torch.tensor([r[key] for r in rows]) for key in ("start", "end", "answerable", "body")}
    return {"input_ids": pad("input_ids"), "token_type_ids": pad("segments"), "attention_mask": mask, **scalar}


def loss_of(model: ReaderModel, batch: dict[str, torch.Tensor]) -> torch.Tensor:
    span, relevance = model(batch["input_ids"], batch["attention_mask"], batch["token_type_ids"])
    positions = torch.arange(span.shape[1])[None, :]
    # Only the first token ("no answer") and the passage's own tokens may be chosen.
    allowed = ((positions >= batch["body"][:, None]) & (batch["attention_mask"] == 1)) | (positions == 0)
    span = span.float().masked_fill(~allowed[:, :, None], -1e4)
    ce = torch.nn.functional.cross_entropy
    where = (ce(span[:, :, 0], batch["start"]) + ce(span[:, :, 1], batch["end"])) / 2
    whether = torch.nn.functional.binary_cross_entropy_with_logits(relevance.float(), batch["answerable"].float())
    return where + whether


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reader-data", type=Path, required=True)
    parser.add_argument("--pairs-data", type=Path, required=True)
    parser.add_argument("--squad", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--epochs", type=float, default=1.0)
    parser.add_argument("--learning-rate", type=float, default=1.5e-4)
    parser.add_argument("--batch-tokens", type=int, default=4096)
    parser.add_argument("--seed", type=int, default=13)
    parser.add_argument("--resume", action="store_true")
    options = parser.parse_args()
    rng = random.Random(options.seed)
    torch.manual_seed(options.seed)
    examples = load_examples(options.reader_data, options.pairs_data, options.squad, range(6), options.seed)
    tokenizer = Tokenizer.from_file(str(packaged_folder() / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    rows = [row for e in examples if (row := encode(tokenizer, e, rng)) is not None]
    plan = batches(rows, options.batch_tokens, rng)
    steps = math.ceil(len(plan) * options.epochs)
    while len(plan) < steps:
        plan += batches(rows, options.batch_tokens, rng)
    print(f"{len(rows)} examples, {steps} steps, {sum(len(r['input_ids']) for r in rows) / len(rows):.0f} tokens each")  # noqa: T201
    model = ReaderModel.from_encoder(packaged_folder())
    optimizer = torch.optim.AdamW(model.parameters(), lr=options.learning_rate, weight_decay=0.01)
    done = 0
    if options.resume and (options.output / "training.pt").exists():
        saved = torch.load(options.output / "training.pt")
        model.load_state_dict(saved["model"])
        optimizer.load_state_dict(saved["optimizer"])
        done = saved["step"]
    model.train()
    began, seen, smooth = time.time(), 0, None
    for step in range(done, steps):
        warm = min(1.0, (step + 1) / (0.06 * steps))
        for group in optimizer.param_groups:
            group["lr"] = options.learning_rate * warm * (1 - step / steps)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            loss = loss_of(model, collate(plan[step]))
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        seen += len(plan[step])
        smooth = loss.item() if smooth is None else 0.98 * smooth + 0.02 * loss.item()
        if step % 50 == 0:
            line = {
                "step": step,
                "of": steps,
                "loss": round(smooth, 4),
                "per_s": round(seen / (time.time() - began), 1),
            }
            print(json.dumps(line), flush=True)  # noqa: T201
        if step % 200 == 199 or step == steps - 1:
            save_checkpoint(options.output, model, optimizer, step + 1)


if __name__ == "__main__":
    main()
