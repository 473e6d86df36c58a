"""Quality as it is told to who may not find all documents: of those alone that they may find."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from service.quality.report import CollectionQuality, DocumentQuality
from service.quality.resemblance import Alike


def only_findable(report: CollectionQuality, ids: Collection[str]) -> CollectionQuality:
    """``ids`` are of the documents that may be found; counts of passages stay those of the collection,
    but those by language are left out where some may not be found."""
    by_code = {code: [one for one in every if one.document.id in ids] for code, every in report.findings.items()}
    return replace(
        report,
        documents=len(ids),
        languages=report.languages if len(ids) == report.documents else [],
        findings={code: every for code, every in by_code.items() if every},
        duplicates=_groups(report.duplicates, ids),
        near_identical=_groups(report.near_identical, ids),
        not_assessed=[one for one in report.not_assessed if one.id in ids],
    )


def only_findable_alike(report: DocumentQuality, ids: Collection[str]) -> DocumentQuality:
    return replace(report, alike=tuple(one for one in report.alike if one.document.id in ids))


def _groups(groups: Sequence[Sequence[Alike]], ids: Collection[str]) -> list[tuple[Alike, ...]]:
    """A group of one is none."""
    found = (tuple(one for one in group if one.document.id in ids) for group in groups)
    return [group for group in found if len(group) > 1]
