"""An official paper (公文) as words: title, salutation, numbered parts, signature, date; how it looks is for
`bot.documents.papers`. A paper is kept and compared as JSON: what was confirmed is what stays on record."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What a paragraph is."""

    PART = "part"  # 一、
    SECTION = "section"  # （一）
    PLAIN = "plain"


@dataclass(frozen=True)
class Paragraph:
    text: str
    kind: Kind = Kind.PLAIN


@dataclass(frozen=True)
class Paper:
    """`day` None: left for whoever issues it to fill in. `mark` stands on every page (代拟稿 …)."""

    title: str
    to: str
    body: tuple[Paragraph, ...]
    by: str
    day: date | None
    mark: str = ""

    def as_json(self) -> dict[str, Any]:
        return {
            "title": self.title,
            "to": self.to,
            "body": [[str(one.kind), one.text] for one in self.body],
            "by": self.by,
            "day": self.day.isoformat() if self.day else None,
            "mark": self.mark,
        }

    def as_text(self) -> str:
        """The words alone, a paragraph a line: what a hash is taken of."""
        lines = [self.mark, self.title, self.to, *(one.text for one in self.body), self.by, chinese_day(self.day)]
        return "\n".join(line for line in lines if line)


def paper_from(data: Mapping[str, Any]) -> Paper:
    day = date.fromisoformat(data["day"]) if data["day"] else None
    body = tuple(Paragraph(text, Kind(kind)) for kind, text in data["body"])
    return Paper(data["title"], data["to"], body, data["by"], day, data["mark"])


def chinese_day(day: date | None) -> str:
    """2021年12月31日; with room to write where it is not decided."""
    return f"{day.year}年{day.month}月{day.day}日" if day else "　　　　年　　月　　日"


_DIGITS = "零一二三四五六七八九"


def numeral(number: int) -> str:
    """一 to 九十九, the way parts are numbered."""
    tens, ones = divmod(number, 10)
    head = "" if not tens else "十" if tens == 1 else f"{_DIGITS[tens]}十"
    return head + (_DIGITS[ones] if ones or not tens else "")


class Parts:
    """Numbers parts 一、二、 and their sections （一）（二）."""

    def __init__(self) -> None:
        self.body: list[Paragraph] = []
        self._part = self._section = 0

    def part(self, title: str) -> None:
        self._part, self._section = self._part + 1, 0
        self.body.append(Paragraph(f"{numeral(self._part)}、{title}", Kind.PART))

    def section(self, title: str) -> None:
        self._section += 1
        self.body.append(Paragraph(f"（{numeral(self._section)}）{title}", Kind.SECTION))

    def plain(self, text: str) -> None:
        self.body.append(Paragraph(text))
