"""Quality reports as JSON."""

from collections.abc import Sequence
from typing import Any

from core.types import Finding, Signed
from index.known import FailedSource
from index.quality import Assessed
from ingest.language_names import NAMES
from service.quality.report import CollectionQuality, DocumentQuality
from service.quality.resemblance import Alike
from service.wire import view_url

_GROUP_SHOWN = 50
_NOT_ASSESSED = {
    "code": "not_assessed",
    "message": "It was ingested by a version that did not look at quality.",
    "hint": "Remove it, and ingest it again: only reading it anew shows what its file holds.",
}


def document_quality_json(report: DocumentQuality, collection: str) -> dict[str, Any]:
    """``assessed`` is false for a document of an earlier version: then ``findings`` says nothing."""
    document = report.document
    return {
        **_assessed(document, collection),
        "assessed": document.findings is not None,
        "not_assessed": None if document.findings is not None else _NOT_ASSESSED,
        "findings": [finding_json(finding) for finding in document.findings or ()],
        "alike": [_alike(one, collection) for one in report.alike],
        "failure": report.failure and _failure(report.failure),
    }


def collection_quality_json(
    report: CollectionQuality,
    collection: str,
    code: str | None = None,
    limit: int = 100,
    offset: int = 0,
    *,
    with_failures: bool = True,
) -> dict[str, Any]:
    """Counts are of all; of the documents, groups and failures a stretch each.

    Without ``with_failures``, the addresses of sources that failed, which no document tells, are left out.

    ``code`` leaves only that kind's stretch: a finding's code, duplicates, near_identical, failed or not_assessed.
    """

    def stretch(kind: str) -> slice:
        return slice(offset, offset + limit) if code in (None, kind) else slice(0)

    with_findings = {found.document.id for every in report.findings.values() for found in every}
    return {
        "collection": collection,
        "documents": report.documents,
        "passages": report.passages,
        "languages": languages_json(report),
        "assessed": report.documents - len(report.not_assessed),
        "with_findings": len(with_findings),
        "findings": [
            {
                "code": name,
                "documents": len({found.document.id for found in every}),
                "total": len(every),
                "pages": sum(len(found.finding.pages) for found in every),
                "found": [
                    {**_assessed(found.document, collection), **finding_json(found.finding)}
                    for found in every[stretch(name)]
                ],
            }
            for name, every in report.findings.items()
        ],
        "duplicates": _groups(report.duplicates, collection, stretch("duplicates")),
        "near_identical": _groups(report.near_identical, collection, stretch("near_identical")),
        "failed": {
            "total": len(report.failures),
            "sources": [_failure(one) for one in report.failures[stretch("failed")]] if with_failures else [],
        },
        "not_assessed": {
            **_NOT_ASSESSED,
            "total": len(report.not_assessed),
            "documents": [_document(one, collection) for one in report.not_assessed[stretch("not_assessed")]],
        },
    }


def languages_json(report: CollectionQuality) -> list[dict[str, Any]]:
    """``covered`` is null where the language could not be told, or where nothing is known of the encoder."""
    return [
        {
            "code": code,
            "name": NAMES.get(code) if code else None,
            "passages": passages,
            "covered": None if code is None or report.covered is None else code in report.covered,
        }
        for code, passages in report.languages
    ]


def finding_json(finding: Finding) -> dict[str, Any]:
    return {"code": finding.code, "message": finding.message, "pages": list(finding.pages)}


def _groups(groups: Sequence[Sequence[Alike]], collection: str, stretch: slice) -> dict[str, Any]:
    shown = [[_alike(one, collection) for one in group[:_GROUP_SHOWN]] for group in groups[stretch]]
    return {
        "total": len(groups),
        "documents": sum(map(len, groups)),
        "groups": [
            {"total": len(group), "documents": members} for group, members in zip(groups[stretch], shown, strict=True)
        ],
    }


def _alike(one: Alike, collection: str) -> dict[str, Any]:
    # Rounded down: only equal texts have a similarity of 1.
    return {**_document(one.document, collection), "similarity": int(one.similarity * 1000) / 1000}


def _assessed(document: Assessed, collection: str) -> dict[str, Any]:
    return {**_document(document, collection), "media_type": document.media_type}


def _document(document: Assessed | Signed, collection: str) -> dict[str, Any]:
    return {
        "document_id": document.id,
        "title": document.title,
        "uri": document.uri,
        "url": view_url(document.id, collection),
    }


def _failure(failed: FailedSource) -> dict[str, Any]:
    return {
        "uri": failed.uri,
        "code": failed.code,
        "message": failed.message,
        "hint": failed.hint,
        "failed_at": failed.failed_at,
    }
