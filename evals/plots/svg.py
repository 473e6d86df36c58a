"""The little of SVG that the plots need. Colours are classes of plots.css, which knows both themes and print."""

from dataclasses import dataclass
from importlib.resources import files

from markupsafe import Markup, escape

TITLE_HEIGHT = 36


def style() -> Markup:
    """The style sheet of all plots, to be put into a page or a file once."""
    return Markup(files(__package__).joinpath("plots.css").read_text(encoding="utf-8"))


def tag(name: str, *inside: str, **attributes: object) -> Markup:
    """An element; ``class_`` and ``text_anchor`` become class and text-anchor, numbers are rounded for the eye."""
    written = Markup().join(
        Markup(' {}="{}"').format(key.rstrip("_").replace("_", "-"), _value(value))
        for key, value in attributes.items()
        if value is not None
    )
    return Markup("<{}{}>{}</{}>").format(Markup(name), written, joined(*inside), Markup(name))


def joined(*parts: str) -> Markup:
    """Elements one after the other; plain text among them is escaped."""
    return Markup().join(escape(part) for part in parts)


def _value(value: object) -> object:
    return round(value, 1) if isinstance(value, float) else value


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing. ``label`` is its main fact in words, for who cannot see it."""

    width: int
    height: int
    body: Markup
    label: str

    def inline(self, *, stretched: bool = False) -> Markup:
        """As part of a page that holds ``style()``; ``stretched`` fills a box of any shape."""
        return tag(
            "svg",
            self.body,
            class_="plot",
            viewBox=f"0 0 {self.width} {self.height}",
            preserveAspectRatio="none" if stretched else None,
            role="img",
            aria_label=self.label,
        )

    def file(self, title: str) -> str:
        """As a file that any browser shows."""
        height = self.height + TITLE_HEIGHT
        drawn = tag(
            "svg",
            tag("style", style()),
            tag("rect", class_="paper", width=self.width, height=height),
            tag("text", title, class_="title", x=16, y=26),
            tag("g", self.body, transform=f"translate(0 {TITLE_HEIGHT})"),
            xmlns="http://www.w3.org/2000/svg",
            viewBox=f"0 0 {self.width} {height}",
            class_="plot",
            role="img",
            aria_label=f"{title}. {self.label}",
        )
        return f"{drawn}\n"
