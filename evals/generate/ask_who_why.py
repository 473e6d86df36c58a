"""Questions for a doer or a reason: who was X designed by, why was X closed."""

import re

from evals.generate.ask import Asked, Material, as_question, coordinates_verbs, joined, shortened
from evals.generate.clause import BE, finite_in
from evals.generate.phrases import FIGURE, NAME, TIME

_PEOPLE = (
    r"(?:(?:the|several|many|some) )?(?:members|representatives|officials|experts|scientists|students|engineers|"
    rf"architects|workers|volunteers) of (?:the )?{NAME}"
)
_AGENT = re.compile(
    r"^(?P<done>(?:\w+ly )?(?P<participle>\w+)(?: [\w'-]+){0,6}?) "
    rf"by (?P<agent>(?:the )?{NAME}|{_PEOPLE})(?P<after>(?: in| for| at| from| of| to|,| and|$).*)$"
)
_NO_PERSON = re.compile(r"Charter|Act|Treaty|Law|Agreement|Constitution|Edict|War")
_BY_PEOPLE = frozenset(
    "designed written founded built led published discovered invented developed created directed produced composed "
    "introduced proposed appointed elected signed commissioned painted established maintained owned organized "
    "performed coined conquered defeated killed ruled crowned adopted approved passed issued supported opened attended "
    "chaired funded conducted formulated described elaborated taught translated edited".split()
)
_BECAUSE = re.compile(r"^(?P<done>[^,]{0,80}?),? ?(?:because of|because|due to) (?P<why>.+)$")
_UNCERTAIN = re.compile(r"\b(?:not|mainly|mostly|that|which|who|and|partly|largely)\b")


def ask_who(material: Material) -> list[Asked]:
    """The doer of a passive: "was designed by Gustave Eiffel" → "Who was … designed by?"."""
    found = material.clause
    if found is None or found.front or found.finite not in BE:
        return []
    match = _AGENT.match(found.rest)
    subject = material.casing.moved(found.subject)
    if match is None or subject is None or match["participle"] not in _BY_PEOPLE:
        return []
    if FIGURE.search(match["agent"]) or _NO_PERSON.search(match["agent"]):
        return []
    done = TIME.sub("", match["done"]).strip()
    if finite_in(done.split()[1:]) or re.search(r"\d|\b(?:and|or|by)\b|,", done):
        return []
    return [Asked(as_question("Who", found.finite, subject, done, "by"), match["agent"], "who")]


def ask_why(material: Material) -> list[Asked]:
    """ "was closed because the roof leaked" → "Why was … closed?"."""
    found = material.clause
    match = _BECAUSE.match(found.rest) if found is not None else None
    if found is None or match is None or found.front:
        return []
    done = match["done"]
    subject = material.casing.moved(found.subject)
    if subject is None or finite_in(done.split()[1:]) or coordinates_verbs(done) or _UNCERTAIN.search(done):
        return []
    if found.verb is not None:
        finite, behind = found.verb.do, joined(found.verb.base, done)
    elif done and not done.endswith("ly") and found.finite not in ("has", "have", "had"):
        finite, behind = found.finite, done
    else:
        return []
    return [Asked(as_question("Why", finite, subject, behind), shortened(match["why"]), "why")]
