"""What the scan of rule 8 finds, and where."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What was found; the value is what people read."""

    ID = "身份证号"
    CARD = "银行卡号"
    OLD_ID = "15位身份证号"
    MOBILE = "手机号"
    MARKING = "密级标志"


PROVEN = frozenset({Kind.ID, Kind.CARD})
"""Kinds whose check digit fits: nobody can call them a false alarm (decision 30)."""


@dataclass(frozen=True)
class Finding:
    """Where in the text it stands: `text[start:end]`."""

    kind: Kind
    start: int
    end: int


def named(kinds: Sequence[Kind]) -> str:
    """As an answer says them: 身份证号、银行卡号."""
    return "、".join(kind.value for kind in kinds)


def spans(findings: Sequence[Finding]) -> list[tuple[int, int]]:
    return [(finding.start, finding.end) for finding in findings]
