"""Conditions that pick the few living rows out of the many that are done, each matching a partial index of `tables`.

Their values are written into the statement: no database can tell that a parameter fits an index's condition, and
SQLite only takes the index where the condition stands there word for word.
"""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, bindparam, literal
from sqlalchemy.orm import InstrumentedAttribute

from bot.domain.states import OPEN, State
from bot.store.tables import Assignment, Inbox, Outbox, Request

WATCHED = (*sorted(OPEN), State.SUBMITTED)


def _is(column: InstrumentedAttribute[str], value: str) -> ColumnElement[bool]:
    return column == literal(value, literal_execute=True)


def _among(column: InstrumentedAttribute[str], values: Sequence[str]) -> ColumnElement[bool]:
    names = [str(value) for value in values]
    return column.in_(bindparam(f"{column.key}_among", names, expanding=True, literal_execute=True))


watched = _among(Assignment.state, WATCHED)
new = _is(Inbox.state, "new")
parked = _is(Inbox.state, "parked")
pending = _is(Outbox.state, "pending")
sending = _is(Outbox.state, "sending")
trouble = _among(Outbox.state, ("failed", "unknown"))
undecided = _is(Request.state, "open")


def waiting(row: type[Outbox]) -> ColumnElement[bool]:
    """Of an alias of the outbox: not sent yet."""
    return _is(row.state, "pending")
