"""Who speaks, as far as it matters to what their words mean."""

from dataclasses import dataclass, field

from bot.dialogue.intents import Target
from bot.dialogue.titles import Book


@dataclass(frozen=True)
class Speaker:
    """`units`: official names of those they report for; `checks`: they approve and return; `topic`: the item last
    spoken of; `book`: the items they may mean by a title."""

    units: frozenset[str] = frozenset()
    checks: bool = False
    office: bool = False
    sees_all: bool = False
    topic: Target | None = None
    book: Book = field(default_factory=Book)
