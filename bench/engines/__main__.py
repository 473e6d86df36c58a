"""``python -m bench.engines retrieval SET… [--limit N]`` and ``python -m bench.engines scale SET [--passages N]``.

``retrieval``: each set's documents are read and embedded once, into the embedded engine, and moved to the others as
`footnoted migrate` does; then every engine is asked the same questions. A hit is right by the rules of
``evals/evidence.py``. The move is timed.

``scale``: a collection of passages made of the set's sentences is written to each engine; milliseconds of search with
one client and eight, and of adding and deleting a document of one passage, each up to the next search.

``--engines`` chooses; ``--postgres URL`` and ``--milvus URL`` name servers; otherwise a PostgreSQL and a milvus-lite
are started for the run (``pip install -e '.[dev]'``). Prints Markdown tables.
"""

import argparse
import tempfile
from pathlib import Path

from bench.engines import retrieval, scale
from bench.engines.places import ENGINES, started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["retrieval", "scale"])
    parser.add_argument("sets", type=Path, nargs="+")
    parser.add_argument("--documents", type=Path, help="the folder of a set's documents")
    parser.add_argument("--limit", type=int, default=300, help="questions of a set")
    parser.add_argument("--passages", type=int, default=100_000)
    parser.add_argument("--engines", choices=ENGINES, nargs="+", default=list(ENGINES))
    parser.add_argument("--postgres")
    parser.add_argument("--milvus")
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(dir=options.folder) as own,
        started(options.engines, options.postgres, options.milvus) as places,
    ):
        if options.what == "scale":
            kept = options.folder and options.folder / "corpus.npz"
            scale.compare(options.sets[0], options.passages, places(Path(own)), kept)
            return
        for number, one in enumerate(options.sets):
            folder = Path(own) / f"set-{number}"
            retrieval.compare(one, options.documents, options.limit, folder, places(folder))


if __name__ == "__main__":
    main()
