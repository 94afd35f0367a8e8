"""The rows an honest reader gets, written by hand; `ask` names the cells that must come as a question."""

from __future__ import annotations

import re
from typing import Any

ASK: Any = object()


def names(text: str) -> list[str]:
    """An expression split at 、 outside brackets."""
    parts = re.split(r"[、，,](?![^（(]*[）)])", text)
    return [part for part in parts if part]


def R(
    number: int,
    item: str,
    measures: list[str],
    lead: str,
    resp: str,
    deadlines: list[str] | None = None,
    rec: str | None = None,
    *,
    part: str = "",
    aspect: str = "",
    paths: list[tuple[str, str]] | None = None,
    unresolved: bool = False,
    ask: tuple[str, ...] = (),
    alt: dict[str, list[Any]] | None = None,
    single: bool = False,
) -> dict[str, Any]:
    """One row. `single`: the document has one text column, so item and measures may be told apart either way."""
    return {
        "number": number,
        "part": part,
        "aspect": aspect,
        "item": item,
        "measures": measures,
        "paths": [{"site": s, "column": c} for s, c in paths or []],
        "lead_units": names(lead),
        "responsible": names(resp),
        "deadlines": deadlines or [],
        "recurrence": rec,
        "unresolved": unresolved,
        "ask": list(ask),
        "alt": alt or {},
        "single": single,
    }


def expected(
    title: str, year: int | None, issued: str | None, rows: list[dict[str, Any]], **more: Any
) -> dict[str, Any]:
    return {"title": title, "year": year, "issue_date": issued, "rows": rows, **more}
