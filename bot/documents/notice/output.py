"""A draft as `import --json` prints it (DESIGN §6)."""

from typing import Any

from bot.domain.county import PathData
from bot.domain.draft import DraftRow, ListDraft


def draft_json(draft: ListDraft) -> dict[str, Any]:
    """Dates are ISO; a path is `site：column`, or the site alone where it has no column (decision 22)."""
    return {
        "title": draft.title,
        "year": draft.year,
        "issue_date": draft.issue_date.isoformat() if draft.issue_date else None,
        "rows": [_row(row) for row in draft.rows],
        "questions": [{"row": question.row, "text": question.text} for question in draft.questions],
        "new_units": list(draft.new_units),
        "errors": list(draft.errors),
    }


def _row(row: DraftRow) -> dict[str, Any]:
    return {
        "number": row.number,
        "part": row.part,
        "aspect": row.aspect,
        "item": row.item,
        "measures": list(row.measures),
        "paths": [path_text(path) for path in row.paths],
        "lead_units": list(row.lead),
        "responsible": list(row.responsible),
        "deadlines": list(dict.fromkeys(node.due.isoformat() for node in row.nodes)),
        "recurrence": row.recurrence,
        "unresolved": row.unresolved,
    }


def path_text(path: PathData) -> str:
    return f"{path.site}：{path.column}" if path.column else path.site
