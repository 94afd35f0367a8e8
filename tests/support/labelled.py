"""The labelled texts of tests/evidence: what each holds, and which of its characters must be kept nowhere."""

import csv
from dataclasses import dataclass
from pathlib import Path

from bot.dialogue.normalize import fold_char

FOLDER = Path(__file__).parent.parent / "evidence"
ID, CARD, MOBILE, MARKING = "身份证号", "银行卡号", "手机号", "密级标志"
_SPELLED = dict(zip("〇零一二三四五六七八九幺壹贰叁肆伍陆柒捌玖", "001234567891123456789", strict=True))


@dataclass(frozen=True)
class Labelled:
    """One text. `holds`: the kind it must be refused for, "" where it may be kept; `secrets` as written in it."""

    holds: str
    text: str
    secrets: tuple[str, ...]

    @property
    def numbers(self) -> tuple[str, ...]:
        """Its secrets as plain digits: how somebody who looks for them in a database would type them."""
        return tuple(digits(secret) for secret in self.secrets) if self.holds != MARKING else ()


def labelled(name: str) -> list[Labelled]:
    with (FOLDER / f"{name}.tsv").open(encoding="utf-8", newline="") as file:
        return [
            Labelled(
                row["holds"].strip("-"),
                row["text"].replace("\\n", "\n"),
                tuple(part.replace("\\n", "\n") for part in row["secret"].split("|") if part != "-"),
            )
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        ]


def digits(written: str) -> str:
    """13800001234, however it was spelled."""
    plain = "".join(_SPELLED.get(char, fold_char(char)) for char in written).upper()
    return "".join(char for char in plain if char in "0123456789X")
