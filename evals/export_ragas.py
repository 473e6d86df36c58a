"""A run as rows for ragas, by ragas' names of the fields, so that any of its metrics can be computed elsewhere.

Source: ``ragas.SingleTurnSample`` of ragas 0.4. Ragas is no dependency: it brings some thirty packages, and pins that
do not go with ours. Trap: ``reference`` is one text; of several reference answers it has the first.
"""

from collections.abc import Mapping

from evals.rows import Row


def ragas_row(row: Row) -> Mapping[str, object] | None:
    """None for a question that failed: it has no response. An abstention has an empty one."""
    if row.answer is None:
        return None
    answer, question = row.answer, row.question
    quotes = [evidence.quote for evidence in question.evidence if evidence.quote is not None]
    fields: dict[str, object] = {
        "user_input": answer.understood_as if question.history else question.text,
        "response": " ".join(sentence.text for sentence in answer.sentences),
        "retrieved_contexts": [hit.passage.text for hit in answer.hits],
    }
    if question.answers:
        fields["reference"] = question.answers[0]
    if quotes:
        fields["reference_contexts"] = list(dict.fromkeys(quotes))
    return fields
