"""Compares what `duban import --json` printed with the expected rows, cell by cell."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

TEXTS = ("part", "aspect", "item")
DASHES = re.compile(r"[—_－\-–―─＿]+")
NUMBERED = re.compile(r"^(?:[（(][一二三四五六七八九十\d]+[)）]|[一二三四五六七八九十\d]+[、.．])")


@dataclass
class Score:
    counts: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def add(self, kind: str, where: str = "", want: Any = None, got: Any = None) -> None:
        self.counts[kind] += 1
        if kind not in ("right", "asked"):
            self.faults.append(f"{kind}: {where}: want {want!r}, got {got!r}")


def flat(text: Any) -> str:
    """Without spaces and with one form of brackets and punctuation."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", str(text or ""))).replace("“", '"').replace("”", '"')


def plain(text: Any) -> str:
    return NUMBERED.sub("", flat(text)).rstrip("。.;,")


def same(key: str, want: Any, got: Any) -> bool:
    if key in TEXTS:
        return flat(want) == flat(got) or (bool(plain(want)) and plain(want) == plain(got))
    if key == "measures":
        return [flat(x) for x in want] == [flat(x) for x in got or []] or [plain(x) for x in want] == [
            plain(x) for x in got or []
        ]
    if key == "paths":
        return [path(x) for x in want] == [path(x) for x in got or []]
    if key in ("lead_units", "responsible"):
        if want and DASHES.fullmatch("".join(want)):
            return not got or bool(DASHES.fullmatch("".join(got)))
        return sorted(map(flat, want)) == sorted(map(flat, got or []))
    return bool(want == got) or (key == "recurrence" and not want and not got)


def path(value: Any) -> tuple[str, str]:
    if isinstance(value, dict):
        return flat(value["site"]), flat(value["column"])
    site, _, column = flat(value).partition(":")
    return site, column


def whole(row: dict[str, Any]) -> str:
    return plain("".join([row.get("item") or "", *(row.get("measures") or [])]))


def compare(want: dict[str, Any], got: dict[str, Any]) -> Score:
    score = Score()
    titles = [want["title"], *want.get("titles", [])]
    score.add("right" if flat(got["title"]) in map(flat, titles) else "wrong", "title", titles, got["title"])
    for key in ("year", "issue_date"):
        score.add("right" if want[key] == got[key] else "wrong" if want[key] else "invented", key, want[key], got[key])
    asked = {q["row"] for q in got["questions"]}
    rows = {row["number"]: row for row in got["rows"]}
    for number in sorted(rows.keys() - {row["number"] for row in want["rows"]}):
        score.add("invented", f"row {number}", None, rows[number])
    for row in want["rows"]:
        found = rows.get(row["number"])
        if found is None:
            score.add("asked" if row["number"] in asked else "wrong", f"row {row['number']}", row["item"], None)
            continue
        _cells(score, want, row, found, found["number"] in asked)
    for name in want.get("new_units", []):
        ok = name in got["new_units"] or any(name in q["text"] for q in got["questions"])
        score.add("right" if ok else "wrong", f"new_units {name}", name, got["new_units"])
    return score


def _cells(score: Score, want: dict[str, Any], row: dict[str, Any], got: dict[str, Any], asked: bool) -> None:
    for key in (*TEXTS, "measures", "paths", "lead_units", "responsible", "deadlines", "recurrence", "unresolved"):
        where = f"row {row['number']} {key}" + (f" ({row['deadline_text']})" if "deadline_text" in row else "")
        choices = [row[key], *row["alt"].get(key, [])]
        if key == "deadlines" and not row[key] and want.get("report"):
            choices.append([want["report"]])
        if (
            (row["single"] and key in ("item", "measures") and whole(row) == whole(got))
            or (
                row["single"]
                and key in ("item", "measures")
                and plain(got["item"]) == plain("".join(got["measures"])) == whole(row)
            )
            or (
                row["single"]
                and key in ("part", "item")
                and plain(row["part"]) == plain(got["item"])
                and whole(row) == plain("".join(got["measures"]))
            )
            or (row["single"] and key == "measures" and whole(row) == plain("".join(got["measures"])))
        ):
            score.add("right")
        elif want.get("roles") and key in ("lead_units", "responsible"):
            everybody = {*map(flat, row["lead_units"]), *map(flat, row["responsible"])}
            score.add(
                "right" if set(map(flat, got["lead_units"] + got["responsible"])) <= everybody else "wrong",
                where,
                row[key],
                got[key],
            )
        elif key in row["ask"]:
            if asked:
                score.add("asked")
            else:
                score.add(
                    "invented" if got[key] and not same(key, row[key], got[key]) else "wrong",
                    where,
                    "a question",
                    got[key],
                )
        elif any(same(key, choice, got[key]) for choice in choices):
            score.add("right")
        elif key == "unresolved" and got[key] and asked:
            score.add("asked")
        elif asked and not (got[key] and not any(choices)):
            score.add(
                "asked" if not got[key] or key in ("deadlines", "lead_units", "responsible", "unresolved") else "wrong",
                where,
                row[key],
                got[key],
            )
        else:
            score.add("invented" if got[key] and not any(choices) else "wrong", where, row[key], got[key])
