"""Documents with faults that a quality report tells of."""

from io import BytesIO

from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

COPY_OF_RULES = "rules-2024.txt"
GERMAN = (
    "Der Biber baut seinen Damm aus Ästen, Schlamm und Steinen. Er arbeitet vor allem in der Nacht und braucht dafür "
    "mehrere Wochen. Das Wasser staut sich, und es entsteht ein Teich, in dem er vor Feinden sicher ist.\n\n"
) * 3
MALTESE = (
    "Il-kastur jibni d-diga tiegħu mill-friegħi, mit-tajn u mill-ġebel. Jaħdem l-aktar matul il-lejl u jeħtieġ diversi "
    "ġimgħat biex ilestiha. L-ilma jinġabar warajha u jifforma għadira li fiha jkun protett mill-għedewwa tiegħu.\n\n"
) * 3
"""No language of the packaged encoders."""
RULES = "\n\n".join(
    f"Rule {i}: whoever feeds the {animal} writes the hour and the weight of the food into the book of the house."
    for i, animal in enumerate("otters beavers owls hares foxes lynxes badgers martens storks herons".split(), 1)
)
CHANGED_RULES = RULES.replace("feeds the owls writes the hour", "feeds the owls tells nobody but")


def half_scanned() -> bytes:
    """A PDF whose second page is a picture only, without words for OCR to find."""
    target = BytesIO()
    canvas = Canvas(target)
    for number in range(1, 4):
        if number == 2:
            canvas.drawImage(ImageReader(Image.linear_gradient("L").resize((1200, 1600))), 0, 0, 595, 842)
        else:
            for line in range(8):
                canvas.drawString(72, 700 - 20 * line, f"Line {line} of page {number} tells how the pump is cleaned.")
        canvas.showPage()
    canvas.save()
    return target.getvalue()


def faulty() -> dict[str, str | bytes]:
    """By file name: a half-scanned PDF, a Maltese text, rules with an equal and a changed copy, a broken PDF."""
    return {
        "pump.pdf": half_scanned(),
        "biber.txt": MALTESE,
        "rules.txt": RULES,
        COPY_OF_RULES: RULES,
        "rules-2025.txt": CHANGED_RULES,
        "broken.pdf": b"%PDF-1.4\nnothing of a PDF follows",
    }
