"""What a measurement says: figures for machines, lines for people."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Figure = str | int | float | bool | None | Sequence["Figure"] | Mapping[str, "Figure"]


class BenchError(RuntimeError):
    """The measurement could not be made, or what it saw was wrong; the message is one line (Chinese)."""


@dataclass(frozen=True)
class Report:
    """`figures` carry their unit in the key (`_ms`, `_s`, `_mb`, `per_second`); `lines` say them in Chinese."""

    what: str
    machine: Mapping[str, Figure]
    figures: Mapping[str, Figure]
    lines: tuple[str, ...]

    def as_json(self) -> str:
        whole = {"what": self.what, "machine": self.machine, "figures": self.figures}
        return json.dumps(whole, ensure_ascii=False, indent=2)

    def as_text(self) -> str:
        return "\n".join([_machine(self.machine), *self.lines])


def _machine(facts: Mapping[str, Figure]) -> str:
    parts = (
        ("cpu", "{}"),
        ("cores", "{} 核"),
        ("memory_gb", "内存 {} GB"),
        ("system", "{}"),
        ("python", "Python {}"),
        ("sqlite", "SQLite {}"),
        ("disk", "磁盘 {}"),
        ("load_before", "测量前负载 {}"),
    )
    return "本机：" + "，".join(words.format(facts[name]) for name, words in parts if name in facts)


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` (0 to 1) of `values` do not exceed. Raises ValueError where there is none."""
    if not values:
        raise ValueError("no values")
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def verdict(good: bool, aim: str) -> str:
    """The aim beside a figure, and whether it was met."""
    return f"（目标 {aim}，{'达到' if good else '未达到'}）"
