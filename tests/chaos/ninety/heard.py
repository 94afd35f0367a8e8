"""What people heard: the lines of digests that are really on a phone, and what must hold of each of them."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time
from functools import cached_property

from chaos.ninety.past import OPEN, Item, Message, Past, Was, counted, json_of, works

OPENS, CLOSES, DIGESTS = time(9, 0), time(17, 30), time(9, 2)
UNIT = frozenset({"dispatch", "unsigned", "remind", "overdue", "still_overdue", "proposed"})
LATE = frozenset({"overdue", "still_overdue", "proposed", "lead_overdue", "head_overdue", "office_overdue"})
ABOUT = frozenset({"lead_overdue", "office_overdue", "head_overdue", "bulletin", "weekly"})
REVIEW = frozenset({"queued", "review_late", "office_review_late", "weekly_review"})
OF_STAGE = frozenset({"remind", "overdue", "proposed", "lead_overdue", "office_overdue", "head_overdue", "bulletin"})


@dataclass(frozen=True)
class Line:
    """One line about an item on somebody's phone."""

    message: Message
    item: Item
    kind: str
    planned: Was  # the item when the digest was planned
    was: Was  # and when it was rendered

    @property
    def day(self) -> date:
        return self.message.at.date()

    @property
    def cycle(self) -> date:
        return self.planned.cycle

    @property
    def account(self) -> str:
        return self.message.account

    @property
    def arrived(self) -> bool:
        """The platform's answer came, too: the service knows."""
        return bool(self.message.row.state == "sent")

    def __str__(self) -> str:
        return f"{self.message.at:%m-%d %H:%M} {self.account} reads of {self.item.name} ({self.kind})"


class Heard:
    def __init__(self, past: Past) -> None:
        self.past = past
        self.lines = [line for message in past.digests() for line in self._lines(message)]

    def _lines(self, message: Message) -> Iterator[Line]:
        morning = self.past.mornings.get(message.at.date())
        for kind, ref, _days in message.lines:
            if kind not in UNIT | ABOUT | REVIEW:
                continue
            item = self.past.items[ref]
            if not names(message.text, item, with_unit=kind not in UNIT) and "另有" not in message.text:
                continue
            planned, was = item.at(morning or message.at), item.at(message.frozen)
            if planned is not None and was is not None:
                yield Line(message, item, kind, planned, was)

    @cached_property
    def urged(self) -> list[tuple[int, str, date]]:
        """(item, cycle, day): a person's own nudge that reached the unit's contact."""
        found = []
        for message in self.past.messages:
            for item_id, cycle, key in json_of(message.row.payload).get("marks", []):
                if key == "urge-0" and message.row.kind != "digest":
                    found.append((item_id, cycle, message.at.date()))
        return found

    def reminded(self, item: Item, cycle: date, before: date) -> bool:
        """Did a reminder of this item reach a contact of its unit, in this cycle, on an earlier day?"""
        return any(
            line.item is item and line.kind in ("remind", "overdue") and line.cycle == cycle and line.day < before
            for line in self.lines
        ) or any(one == item.id and of == cycle.isoformat() and day < before for one, of, day in self.urged)


def names(text: str, item: Item, *, with_unit: bool) -> bool:
    """Does a line of the text name this item (and, where it is for others, its unit)?"""
    pattern = rf"(?<![\d-]){re.escape(item.code)} (\S+ )?{re.escape(item.title[:6])}"
    lines = [line for line in text.split("\n") if re.search(pattern, line)]
    return any(item.unit in line or re.search(r"等 \d+ 个", line) for line in lines) if with_unit else bool(lines)


def faults(past: Past, heard: Heard) -> list[str]:
    found = [f"no row is the origin of {one}" for one in past.strangers]
    found += list(_hours(past))
    for line in heard.lines:
        found += [f"{line}: {why}" for why in _of_line(past, heard, line)]
    found += list(_once(heard))
    return found


def _hours(past: Past) -> Iterator[str]:
    digests: Counter[tuple[str, date]] = Counter()
    for message in past.messages:
        at, digest = message.at, message.row.kind == "digest"
        if message.row.kind in ("menu", "card_update"):
            continue
        who = f"{at:%m-%d %H:%M:%S} {message.account}"
        if not works(at.date()) or not OPENS <= at.time() <= CLOSES:
            yield f"{who} is written to outside working hours: {message.text[:40]!r}"
        if not digest:
            continue
        digests[message.account, at.date()] += 1
        if at.time() < DIGESTS:
            yield f"{who} has a digest before 09:02"
        if json_of(message.row.payload)["day"] != at.date().isoformat():
            yield f"{who} has the digest of another day"
        if at.date() not in past.mornings:
            yield f"{who} has a digest on a morning that was not to be planned"
    yield from (f"{who} has {count} digests on {day}" for (who, day), count in digests.items() if count > 1)


def _of_line(past: Past, heard: Heard, line: Line) -> Iterator[str]:
    item, was, day = line.item, line.was, line.day
    if line.kind in REVIEW:
        if was.state != "submitted":
            yield f"it is {was.state}, nobody waits for a check"
    elif was.state not in OPEN:
        yield f"it is {was.state}"
    elif line.kind in ("dispatch", "unsigned") and was.state != "dispatched":
        yield "it is signed"
    if line.kind in OF_STAGE and was.cycle != line.cycle:
        yield f"its ladder counts from {was.cycle} by now, not from {line.cycle}"
    if line.kind in LATE | ABOUT and not counted(was.due, day):
        yield f"it is not late: due {was.due}"
    if line.kind in ("overdue", "still_overdue") and f"逾期 {counted(was.due, day)} 个工作日" not in line.message.text:
        yield "the days late are not what the calendar says"
    if line.kind == "remind" and not _days_left_told(line):
        yield f"the days left are not what the calendar says: {counted(day, line.cycle)}"
    if line.kind in ABOUT and not heard.reminded(item, line.cycle, day):
        yield f"the unit was never reminded of it (cycle {line.cycle})"
    if line.account not in _audience(past, line):
        yield "that is none of theirs"


def _days_left_told(line: Line) -> bool:
    left, text = counted(line.day, line.cycle), line.message.text
    if left:
        return f"还有 {left} 个工作日" in text
    return any(words in text for words in ("今天到期", "今天是到期前最后一个工作日", "今天是最后一天"))


def _audience(past: Past, line: Line) -> list[str]:
    """Who may read such a line, by the roster of the morning or, handed on to a deputy, of the moment."""
    item, found = line.item, []
    for moment in (past.mornings.get(line.day, line.message.at), line.message.frozen):
        if line.kind in UNIT:
            found += past.posts(moment, item.unit, "联络员")
        elif line.kind == "head_overdue":
            found += past.posts(moment, item.unit, "单位负责人")
        else:
            found += past.office(moment)
            found += [one for unit in item.checkers for one in past.posts(moment, unit, "审核人")]
    return found


def _once(heard: Heard) -> Iterator[str]:
    """One line about an item in a digest, the dispatch of a late item apart."""
    seen: Counter[tuple[int, int]] = Counter()
    for line in heard.lines:
        if line.kind in UNIT | LATE:
            seen[line.message.row.id, line.item.id] += 1
            if seen[line.message.row.id, line.item.id] == 2:
                yield f"{line}: twice in one digest"
