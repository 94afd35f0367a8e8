"""How a draft compares with what a careful reader takes from the document: right, asked, missing or invented cells."""

from collections import Counter
from typing import Any

from foreign_notices import Foreign

from bot.documents.notice import draft_json
from bot.domain.draft import ListDraft

_ABOUT = {
    "item": {"item"},
    "measures": {"measures"},
    "lead_units": {"lead"},
    "responsible": {"responsible"},
    "unresolved": {"responsible"},
    "deadlines": {"deadline"},
    "recurrence": {"deadline"},
    "new_units": {"lead", "responsible"},
    "issue_date": {"issue_date"},
    "year": {"year"},
}


def score(draft: ListDraft, wanted: Foreign) -> tuple[Counter[str], list[str]]:
    """Counts of cells by verdict, and a line for each that is not right."""
    read = draft_json(draft)
    counts: Counter[str] = Counter()
    remarks: list[str] = []

    def judge(name: str, got: Any, want: Any, asked: set[str], where: str) -> None:
        if got == want:
            verdict = "right"
        elif _ABOUT.get(name, set()) & asked:
            verdict = "asked"
        elif _adds(got, want):
            verdict = "invented"
        else:
            verdict = "missing"
        counts[verdict] += 1
        if verdict in ("invented", "missing"):
            remarks.append(f"{where} {name}: {verdict}: {got!r}, wanted {want!r}")

    about_all = {question.about for question in draft.questions if question.row is None}
    everything = {question.about for question in draft.questions}
    judge("title", read["title"], wanted.title, about_all, "head")
    judge("year", read["year"], wanted.year, about_all, "head")
    judge("issue_date", read["issue_date"], wanted.issue_date, about_all, "head")
    judge("new_units", read["new_units"], wanted.new_units, everything, "head")
    for index in range(max(len(wanted.rows), len(read["rows"]))):
        want = wanted.rows[index] if index < len(wanted.rows) else None
        got = read["rows"][index] if index < len(read["rows"]) else None
        asked = {question.about for question in draft.questions if question.row == index + 1}
        if want is None or got is None:
            counts["invented" if want is None else "missing"] += 10
            remarks.append(f"row {index + 1}: {'invented' if want is None else 'missing'}: {got or want!r}")
            continue
        for name, value in want.items():
            if name == "ask":
                for about in value:
                    if about not in asked and about not in ("measures",):
                        counts["unasked"] += 1
                        remarks.append(f"row {index + 1}: {about} is not asked")
            else:
                judge(name, got[name], value, asked, f"row {index + 1}")
    return counts, remarks


def _adds(got: Any, want: Any) -> bool:
    """Whether something is said that is not so, rather than only left out."""
    if isinstance(got, list):
        return any(value not in (want or []) for value in got)
    return bool(got)
