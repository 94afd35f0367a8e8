"""A draft as JSON and back: what is kept in the database until the office has answered."""

from dataclasses import asdict
from datetime import date
from typing import Any

from bot.domain.county import PathData
from bot.domain.draft import DraftNode, DraftRow, ListDraft, Question


def pack(draft: ListDraft) -> dict[str, Any]:
    packed = asdict(draft)
    for name in ("issue_date", "report_date"):
        packed[name] = packed[name].isoformat() if packed[name] else None
    for row in packed["rows"]:
        for node in row["nodes"]:
            node["due"] = node["due"].isoformat()
    return packed


def unpack(packed: dict[str, Any]) -> ListDraft:
    return ListDraft(
        title=packed["title"],
        doc_no=packed["doc_no"],
        year=packed["year"],
        issue_date=_day(packed["issue_date"]),
        report_date=_day(packed["report_date"]),
        rows=tuple(_row(row) for row in packed["rows"]),
        questions=tuple(Question(**{**one, "candidates": tuple(one["candidates"])}) for one in packed["questions"]),
        new_units=tuple(packed["new_units"]),
        errors=tuple(packed["errors"]),
    )


def _row(row: dict[str, Any]) -> DraftRow:
    return DraftRow(
        **{
            **row,
            "measures": tuple(row["measures"]),
            "paths": tuple(PathData(**path) for path in row["paths"]),
            "mentioned_paths": tuple(PathData(**path) for path in row["mentioned_paths"]),
            "lead": tuple(row["lead"]),
            "responsible": tuple(row["responsible"]),
            "nodes": tuple(DraftNode(node["title"], date.fromisoformat(node["due"])) for node in row["nodes"]),
        }
    )


def _day(said: str | None) -> date | None:
    return date.fromisoformat(said) if said else None
