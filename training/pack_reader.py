"""Write what training reads: the examples as token ids, and with ``--backbone`` the sentence encoder to start from.

``python -m training.pack_reader --data FOLDER --squad FILE --output FOLDER``. Training then needs neither the data nor
the product, only PyTorch, transformers and the output folder, so that it can run on a machine that has a GPU and no
more. The folder holds train.npz, held.npz (SQuAD's articles 7 and 8, to watch by) and backbone.xz.
"""

import argparse
from collections.abc import Iterable, Iterator
from pathlib import Path

from training.backbone import BACKBONE, backbone_folder, write_backbone
from training.examples import squad_rows
from training.groups import Group, load_groups
from training.inputs import Encoder
from training.packed import HELD, TRAIN, Pack, PackedGroup, write_pack

_HELD_ARTICLES = range(6, 8)


def packed(groups: Iterable[Group], encoder: Encoder) -> Iterator[PackedGroup]:
    for group in groups:
        right = encoder.tokens(group.right)
        wrong = tuple(t for e in group.wrong if (t := encoder.tokens(e)) is not None)
        if right is not None and (wrong or not group.wrong):
            yield PackedGroup(group.right.source, right, wrong, group.take, group.share)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="Folder of the training data.")
    parser.add_argument("--squad", type=Path, required=True, help="The SQuAD 2.0 development set.")
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--backbone", action="store_true", help="Put the sentence encoder beside it, for elsewhere.")
    parser.add_argument("--seed", type=int, default=13)
    options = parser.parse_args()
    from tokenizers import Tokenizer

    encoder = Encoder(Tokenizer.from_file(str(backbone_folder() / "tokenizer.json")))
    groups = load_groups(options.data, options.squad, options.seed)
    write_pack(options.output / TRAIN, list(packed(groups, encoder)), encoder.ends)
    held = [Group(e, (), 0, 1.0) for e in squad_rows(options.squad, _HELD_ARTICLES)]
    write_pack(options.output / HELD, list(packed(held, encoder)), encoder.ends)
    if options.backbone:
        used = [Pack.open(options.output / name).used() for name in (TRAIN, HELD)]
        write_backbone(options.output / BACKBONE, used)


if __name__ == "__main__":
    main()
