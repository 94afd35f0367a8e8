"""The stages that were due, worked out anew for every item, against the stage table and what was heard."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from chaos.ninety.heard import ABOUT, LATE, OF_STAGE, REVIEW, UNIT, Heard, Line
from chaos.ninety.past import ONE_DAY, Item, Past, counted, day_of, json_of, moment_of, shifted, works
from chaos.ninety.weather import on

REMINDERS, OVERDUE, ESCALATE = (15, 7, 3, 1, 0), (1, 3), (1, 3, 7, 10)
OF_UNIT = ("remind", "overdue")
TO_UNIT = ("dispatch", "unsigned", "remind", "overdue")
Key = tuple[int, date, str]


@dataclass(frozen=True)
class Record:
    outcome: str
    at: datetime
    reason: str | None


def unit_ladder(cycle: date, day: date) -> list[tuple[str, date]]:
    """The unit's stages that had fallen due by `day`, lowest first, each with its own day."""
    found = []
    for ahead in REMINDERS:
        due = shifted(cycle, -ahead)
        while not works(due):
            due -= ONE_DAY
        found.append((f"remind-{ahead}", due))
    found += [(f"overdue-{late}", shifted(cycle, late)) for late in OVERDUE]
    return [(key, due) for key, due in found if due <= day]


def escalation(cycle: date, day: date) -> list[str]:
    return [f"escalate-{late}" for late in ESCALATE if late <= counted(cycle, day)]


class Stages:
    def __init__(self, past: Past, heard: Heard) -> None:
        self.past = past
        self.heard = heard
        self.records = {_key(row): Record(row.outcome, moment_of(row.at), row.reason) for row in past.stages}
        # What a new roster made the service forget was recorded all the same.
        self.ever = {_key(row) for row in past.diary.forgotten} | self.records.keys()
        rows = (*past.stages, *past.diary.forgotten)
        self.days = {(row.assignment_id, row.key, moment_of(row.at).date()) for row in rows}
        self.first: dict[Key, date] = {}  # when a stage was decided without a digest that was to carry it
        for row in rows:
            if row.outcome not in ("planned", "delivered"):
                self.first[_key(row)] = min(moment_of(row.at).date(), self.first.get(_key(row), date.max))
        self.marked: dict[Key, list[Any]] = defaultdict(list)  # digests that were to carry a stage
        for row in past.outbox:
            for item_id, cycle, key in json_of(row.payload).get("marks", []):
                self.marked[item_id, day_of(cycle), key].append(row)
        self.of_item: dict[int, list[Line]] = defaultdict(list)
        for line in heard.lines:
            self.of_item[line.item.id].append(line)

    def faults(self) -> list[str]:
        found: list[str] = []
        for key, record in self.records.items():
            found += [f"{self._name(key)} is {record.outcome}: {why}" for why in self._of_record(key, record)]
        for item in self.past.items.values():
            found += [f"{item.name}: {why}" for why in (*self._twice(item), *self._skipped(item))]
            found += [f"{item.name}: {why}" for why in self._unchecked(item)]
        return found

    def _name(self, key: Key) -> str:
        return f"{key[2]} ({key[1]}) of {self.past.items[key[0]].name}"

    # -- what the table says is true

    def _of_record(self, key: Key, record: Record) -> Iterator[str]:
        match record.outcome:
            case "superseded":
                if not record.reason:
                    yield "without a reason"
                if not self._overtaken(key, record):
                    yield f"and nothing overtook it ({record.reason})"
            case "delivered":
                if not self._on_a_phone(key, record):
                    yield f"and nobody has it on the phone of {record.at:%m-%d %H:%M}"
                if key[2].startswith("escalate"):
                    yield from self._left_out(key, record)
            case "unreachable":
                yield from self._was_out_of_reach(key, record)
            case "planned":
                waiting = [row for row in self.marked[key] if row.state in ("pending", "sending")]
                if not waiting and record.at < self.past.diary.up[-1].end.replace(hour=9):
                    yield "for ever"

    def _overtaken(self, key: Key, record: Record) -> bool:
        item_id, cycle, stage = key
        item, kind = self.past.items[item_id], stage.split("-")[0]
        there = {of for one, when, of in self.ever if one == item_id and when == cycle}
        if kind == "dispatch":
            was = item.at(record.at)
            return was is not None and was.state != "dispatched"
        same = {of for one, of, day in self.days if one == item_id and day == record.at.date()}
        if "dispatch-0" in same and kind in ("remind", "unsigned"):
            return True
        if kind == "unsigned":
            return any(of.startswith(("remind", "overdue")) for of in same)
        if kind in ("remind", "overdue"):
            whole = [of for of, _ in unit_ladder(cycle, date.max.replace(year=2022))]
            due = dict(unit_ladder(cycle, date.max.replace(year=2022)))[stage]
            higher = whole[whole.index(stage) + 1 :]
            return due < item.first_morning or bool(there.intersection(higher)) or self._changed(item, record.at.date())
        if kind == "escalate":
            higher = [f"escalate-{late}" for late in ESCALATE if late > int(stage.split("-")[1])]
            if not self._told_of(item, stage, record.at):
                return True
        else:
            higher = ["queued-0", "review-3", "review-5"]
            higher = higher[higher.index(stage) + 1 :]
        return bool(there.intersection(higher)) or self._changed(item, record.at.date())

    def _on_a_phone(self, key: Key, record: Record) -> bool:
        item_id, cycle, stage = key
        kind = stage.split("-")[0]
        if kind == "urge":
            return (item_id, cycle.isoformat(), record.at.date()) in self.heard.urged
        wanted = {"escalate": ABOUT | {"proposed"}, "queued": REVIEW, "review": REVIEW}.get(kind, UNIT)
        return any(
            line.kind in wanted and line.day == record.at.date() and line.arrived for line in self.of_item[item_id]
        )

    def _told_of(self, item: Item, stage: str, moment: datetime) -> list[str]:
        """Whom a stage of the escalation concerned that morning."""
        past, late = self.past, int(stage.split("-")[1])
        found: list[str] = []
        if late in (1, 3):
            found += [one for unit in item.checkers for one in past.there(moment, unit, "审核人")]
        if late == 7:
            found += past.there(moment, item.unit, "单位负责人")
        if late in (3, 10):
            found += past.office(moment)
        if late == 10:
            found += past.there(moment, item.unit, "联络员")[:1]
        return found

    def _left_out(self, key: Key, record: Record) -> Iterator[str]:
        item_id, cycle, stage = key
        day = record.at.date()
        overtaken = [
            of
            for (one, when, of), r in self.records.items()
            if (one, when) == (item_id, cycle) and of.startswith("escalate") and r.outcome == "superseded"
            if r.at.date() == day
        ]
        morning = self.past.mornings[day]
        item = self.past.items[item_id]
        if self._changed(item, day):
            return
        for account in {one for of in (stage, *overtaken) for one in self._told_of(item, of, morning)}:
            if not self._has_line(account, day, item_id):
                yield f"and {account} was left out on {day}"

    def _has_line(self, account: str, day: date, item_id: int) -> bool:
        """Was this person's digest of that day to speak of the item?"""
        for row in self.past.outbox:
            if row.kind == "digest" and row.member_key == account and row.key.startswith(f"digest:{day}:"):
                lines = json_of(row.payload)["lines"]
                if any(kind in LATE | ABOUT and int(ref) == item_id for kind, ref, *_ in lines):
                    return True
        return False

    def _was_out_of_reach(self, key: Key, record: Record) -> Iterator[str]:
        item_id, cycle, stage = key
        item, day = self.past.items[item_id], record.at.date()
        if stage.startswith(TO_UNIT) and self.past.there(record.at, item.unit, "联络员"):
            yield "and the unit had a contact"
        if stage.startswith("escalate") and any(
            line.arrived and line.kind in ("remind", "overdue") and line.cycle == cycle and line.day < day
            for line in self.of_item[item_id]
        ):
            yield "and the unit had been reminded"
        if stage.startswith(("escalate", *TO_UNIT)) and not self._office_read(item.unit, day):
            yield f"and the office does not read so on {day}"

    def _office_read(self, unit: str, day: date) -> bool:
        """Or was to: its own digest may have been lost."""
        planned = self.past.mornings[day]
        for row in self.past.outbox:
            if not row.key.startswith(f"digest:{day}:") or row.member_key not in self.past.office(planned):
                continue
            named = [
                self.past.units[int(ref)] for kind, ref, *_ in json_of(row.payload)["lines"] if kind == "unreachable"
            ]
            if unit in named and (row.state != "sent" or unit in row.words):
                return True
        return False

    # -- nothing twice

    def _twice(self, item: Item) -> Iterator[str]:
        seen: Counter[tuple[object, ...]] = Counter()
        for line in self.of_item[item.id]:
            if not line.arrived:
                continue  # the answer was lost: nobody knows that it is there
            if line.kind in ("dispatch", "unsigned"):
                stage: tuple[object, ...] = (line.kind,)
            elif line.kind in OF_STAGE and not (unit_ladder if line.kind in OF_UNIT else escalation)(
                line.cycle, line.day
            ):
                yield f"{line}: no stage was due"
                continue
            elif line.kind in OF_UNIT:
                stage = (unit_ladder(line.cycle, line.day)[-1][0], line.cycle)
                if not str(stage[0]).startswith(line.kind):
                    yield f"{line}: the highest stage due is {stage[0]}"
            elif line.kind in OF_STAGE and line.kind != "proposed":
                stage = (escalation(line.cycle, line.day)[-1], line.cycle, line.account, line.kind)
            elif line.kind == "weekly":
                stage = (line.kind, line.account, line.day.isocalendar()[:2])
            else:
                continue
            seen[stage] += 1
        yield from (f"{stage} was heard {count} times" for stage, count in seen.items() if count > 1)

    # -- nothing skipped

    def _skipped(self, item: Item) -> Iterator[str]:
        mornings: dict[date, list[date]] = defaultdict(list)  # cycle -> mornings on which it was open in it
        for day, planned in sorted(self.past.mornings.items()):
            was, cut = item.at(planned), on(day, 9, 2)
            if was is None or not was.open or item.dispatched > cut or (was.returned and was.returned > cut):
                continue
            mornings[was.cycle].append(day)
        told = any(one == item.id and key == "dispatch-0" for one, _, key in self.ever)
        if mornings and not told and not self._lost_on(item.id, "dispatch-0", max(max(d) for d in mornings.values())):
            yield "nobody was told of it"
        for cycle, days in mornings.items():
            if cycle < item.dispatched.date() or days[-1] <= item.first_morning:
                continue
            for stage, due in unit_ladder(cycle, days[-1]):
                if (item.id, cycle, stage) not in self.ever and not self._lost_on(item.id, stage, days[-1]):
                    yield f"{stage} ({cycle}), due {due}, is missing on {days[-1]}"
            yield from self._not_escalated(item, cycle, days)
            yield from self._put_off(item, cycle, [day for day in days if day > item.first_morning])
        unsigned = [
            day
            for day, planned in self.past.mornings.items()
            if (was := item.at(planned)) and was.state == "dispatched" and counted(item.dispatched.date(), day) > 3
            if was.cycle >= item.dispatched.date()
        ]
        nudged = any(one == item.id and key == "unsigned-3" for one, _, key in self.ever)
        if unsigned and not nudged and not self._lost_on(item.id, "unsigned-3", max(unsigned)):
            yield f"unsigned-3 is missing on {max(unsigned)}"

    def _put_off(self, item: Item, cycle: date, days: list[date]) -> Iterator[str]:
        """The highest stage due is decided the very morning it is due: told, or with a reason not to."""
        for day in days:
            top = unit_ladder(cycle, day)[-1:]
            key = (item.id, cycle, top[0][0]) if top else None
            if key is None or self._changed(item, day) or (self.first.get(key) or date.max) <= day:
                continue
            told = [(json_of(row.payload).get("day", ""), row.state) for row in self.marked[key]]
            if not any(
                of == day.isoformat() or (of < day.isoformat() and state not in ("superseded", "cancelled"))
                for of, state in told
            ):
                yield f"{key[2]} ({cycle}) was not seen to on {day}"

    def _lost_on(self, item_id: int, stage: str, day: date) -> bool:
        """The last word on it was planned that day, and its digest did not go out, or without it: it was done, or
        given more time, in the minutes between."""
        rows = [row for (one, _, key), rows in self.marked.items() if one == item_id and key == stage for row in rows]
        planned = any(json_of(row.payload).get("day") == day.isoformat() for row in rows)
        return planned or self._changed(self.past.items[item_id], day)

    def _changed(self, item: Item, day: date) -> bool:
        """Was it done, or given more time, between the plan of that day and its evening?"""
        planned = self.past.mornings[day]
        then, evening = item.at(planned), planned.replace(hour=18)
        since = [was for at, was in zip(item.moments, item.states, strict=True) if planned < at < evening]
        return any(was.state != then.state or was.cycle != then.cycle for was in since if then)

    def _not_escalated(self, item: Item, cycle: date, days: list[date]) -> Iterator[str]:
        last, late = days[-1], [day for day in days if counted(cycle, day)]
        lost = any(
            row.state in ("superseded", "cancelled")
            for (one, when, _), rows in self.marked.items()
            if (one, when) == (item.id, cycle)
            for row in rows
        )
        fair = any(
            line.arrived and line.kind in ("remind", "overdue") and line.cycle == cycle and line.day < last
            for line in self.of_item[item.id]
        )
        if not fair and (lost or len(late) < 4):
            return
        for stage in escalation(cycle, last):
            if (item.id, cycle, stage) not in self.ever and not self._lost_on(item.id, stage, last):
                yield f"{stage} ({cycle}) is missing on {last}, {len(late)} mornings late"

    def _unchecked(self, item: Item) -> Iterator[str]:
        """A submission that waits: its checkers hear of it, again after 3 working days; after 5 the office."""
        last: dict[date, date] = {}
        for day, planned in sorted(self.past.mornings.items()):
            was = item.at(planned)
            if was is not None and was.state == "submitted" and was.submitted and was.submitted <= on(day, 9, 2):
                last[was.submitted.date()] = day
        for submitted, day in last.items():
            was, waited = item.at(self.past.mornings[day]), counted(submitted, day)
            expected = ["queued-0"] if was is not None and not was.announced else []
            expected += ["review-3"] if waited >= 3 else []
            expected += ["review-5"] if waited >= 7 else []
            for stage in expected:
                if (item.id, submitted, stage) not in self.ever and not self._lost_on(item.id, stage, day):
                    yield f"{stage}, submitted {submitted}, is missing on {day}"

    # -- nobody's share is lost

    def lost_shares(self) -> Iterator[str]:
        """Who should have read of a late unit in a digest that missed its day, and does not read of it in the next one:
        a stage is recorded once for all it concerns, and somebody else had it."""
        mornings = sorted(self.past.mornings)
        for row in self.past.outbox:
            if row.kind != "digest" or row.state != "superseded":
                continue
            day = date.fromisoformat(json_of(row.payload)["day"])
            following = [one for one in mornings if one > day][:1]
            for kind, ref, *_ in json_of(row.payload)["lines"] if following else []:
                if kind not in ABOUT - {"weekly"} or self._has_line(row.member_key, following[0], int(ref)):
                    continue
                if self._still(row.member_key, kind, int(ref), day, following[0]):
                    what = f"{self.past.items[int(ref)].name} ({kind})"
                    yield f"{row.member_key} never hears what {day} should have said of {what}"

    def _still(self, account: str, kind: str, ref: int, day: date, following: date) -> bool:
        past, item = self.past, self.past.items[ref]
        then, now = item.at(past.mornings[day]), item.at(past.mornings[following])
        if then is None or now is None or not now.open or now.cycle != then.cycle:
            return False
        if now.returned and now.returned > on(following, 9, 2):
            return False
        stage = {"lead_overdue": "escalate-1", "head_overdue": "escalate-7"}.get(kind, "escalate-3")
        return account in self._told_of(item, stage, past.mornings[following])


def _key(row: Any) -> Key:
    return row.assignment_id, day_of(row.cycle), row.key
