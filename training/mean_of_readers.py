"""The mean of the weights of readers, one of which was trained on from another.

It keeps what the first one read well and most of what the other learnt since (Wortsman et al. 2022, "Robust
fine-tuning of zero-shot models"). ``python -m training.mean_of_readers FOLDER FOLDER… --output FOLDER``.
"""

import argparse
from collections.abc import Mapping
from pathlib import Path

import torch

from training.reader_model import load_weights, save_weights


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("readers", type=Path, nargs="+", help="Output folders of trainings.")
    parser.add_argument("--output", type=Path, required=True)
    options = parser.parse_args()
    weights = [load_weights(folder) for folder in options.readers]
    for folder, own in zip(options.readers, weights, strict=True):
        if not own:
            raise SystemExit(f"{folder} holds no weights of a reader, which training writes at its end")
        if _shapes(own) != _shapes(weights[0]):
            raise SystemExit(f"{folder} does not hold the weights that {options.readers[0]} holds")
    save_weights(options.output, {name: sum(own[name] for own in weights) / len(weights) for name in weights[0]})


def _shapes(weights: Mapping[str, torch.Tensor]) -> dict[str, torch.Size]:
    return {name: own.shape for name, own in weights.items()}


if __name__ == "__main__":
    main()
