"""The same article in eight formats: do the same questions get the same answers?

``python -m bench.same_article [ARTICLE QUESTIONS]``. ARTICLE is Markdown or plain text, QUESTIONS JSON Lines with
``question`` in each; by default the sample document and its questions. Needs pandoc and LibreOffice
(``apt-get install pandoc libreoffice-writer``): they make the other formats of it. Each format is ingested into a
collection of its own. Prints for each how many answers differ from the Markdown's, and whether the quotes are exact.
"""

import argparse
import json
import subprocess
import tempfile
import unicodedata
from collections.abc import Sequence
from pathlib import Path

from core.types import Answer, Document
from ingest.read import read
from service.engine import Engine
from service.settings import load_settings

SAMPLE = Path(__file__).parents[1] / "service" / "sample"
BY_PANDOC = {"html": ["-s"], "docx": [], "odt": [], "epub": [], "txt": ["-t", "plain"]}
BY_LIBREOFFICE = ("rtf", "pdf")
FORMATS = ("md", *BY_PANDOC, *BY_LIBREOFFICE)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("article", type=Path, nargs="?", default=SAMPLE / "central-foreign-affairs-work-conference.txt")
    parser.add_argument("questions", type=Path, nargs="?", default=SAMPLE / "questions.jsonl")
    options = parser.parse_args()
    questions = [json.loads(line)["question"] for line in options.questions.read_text().splitlines() if line.strip()]
    with tempfile.TemporaryDirectory() as folder:
        files = make(options.article, Path(folder))
        print(f"{len(questions)} questions on {options.article.name}\n")
        print("| format | blocks that differ | answers that differ | quotes that are not exact |")
        print("|---|---|---|---|")
        settings = load_settings({"data_dir": Path(folder) / "data"})
        with Engine.open(settings) as engine:
            expected: list[str] = []
            for name, path in files.items():
                engine.ingest([path], name)
                answers = [engine.ask(question, name) for question in questions]
                said = [_said(answer) for answer in answers]
                expected = expected or said
                differ = [i for i, pair in enumerate(zip(said, expected, strict=True)) if pair[0] != pair[1]]
                share = f"{len(differ)} ({len(differ) / len(questions):.1%})"
                row = (name, _blocks_that_differ(path, files["md"]), share, _inexact(engine, name, answers))
                print("| " + " | ".join(map(str, row)) + " |", flush=True)
                for i in differ:
                    print(f"  {questions[i]}\n    md: {expected[i]}\n    {name}: {said[i]}")


def make(article: Path, folder: Path) -> dict[str, Path]:
    """The article as a file of each format, Markdown first."""
    files = {name: folder / name / f"article.{name}" for name in FORMATS}
    for path in files.values():
        path.parent.mkdir()
    text = article.read_text()
    title = article.stem.replace("-", " ").capitalize()
    if text.startswith("# "):
        title = text.partition("\n")[0][2:].strip()
    else:
        text = f"# {title}\n\n{text}"
    files["md"].write_text(text)
    for name, options in BY_PANDOC.items():
        # Without "smart", which would turn straight quotation marks into curly ones.
        command = [
            "pandoc",
            "-f",
            "markdown-smart",
            "--wrap=none",
            "-M",
            f"pagetitle={title}",
            *options,
            str(files["md"]),
            "-o",
            str(files[name]),
        ]
        subprocess.run(command, check=True, capture_output=True)
    for name in BY_LIBREOFFICE:
        profile = f"-env:UserInstallation=file://{folder}/office"
        command = ["soffice", profile, "--headless", "--convert-to", name, "--outdir", str(files[name].parent)]
        subprocess.run([*command, str(files["docx"])], check=True, capture_output=True)
    return files


def _said(answer: Answer) -> str:
    """The answer's words; spaces and markers aside."""
    words = " ".join(sentence.text for sentence in answer.sentences)
    return " ".join(unicodedata.normalize("NFC", words).split()) or answer.status.value


def _inexact(engine: Engine, collection: str, answers: Sequence[Answer]) -> int:
    citations = [citation for answer in answers for citation in answer.citations]
    texts = {c.document.id: engine.document(c.document.id, collection).text for c in citations}
    return sum(texts[c.document.id][c.start : c.end] != c.quote for c in citations)


def _blocks_that_differ(path: Path, other: Path) -> int:
    """Blocks of the one that are not in the other, and the other way round."""
    one, two = ({document.text[b.start : b.end] for b in document.blocks} for document in map(_read, (path, other)))
    return len(one ^ two)


def _read(path: Path) -> Document:
    return read(path.read_bytes(), path.as_uri(), path.name).document


if __name__ == "__main__":
    main()
