"""One training example of the reader."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Example:
    """``answer`` is the (start, end) of the answer in ``context``, in code points.

    ``answerable`` with no ``answer`` means that the context answers, but where is not marked; ``somewhere`` that the
    answer is in ``answer``, which is a whole sentence.
    """

    source: str
    question: str
    title: str
    context: str
    answerable: bool
    answer: tuple[int, int] | None = None
    somewhere: bool = False
