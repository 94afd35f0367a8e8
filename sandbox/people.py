"""The people of the sandbox's directory, as the bot's roster file names them."""

import csv
from dataclasses import dataclass
from pathlib import Path

COLUMNS = ("单位", "姓名", "账号", "角色")


@dataclass(frozen=True, slots=True)
class Person:
    """A member of the corp. `department` is the unit's name, `label` what the page writes beside the name."""

    userid: str
    name: str
    department: str
    label: str


def load_people(path: Path) -> list[Person]:
    """People from a roster CSV (UTF-8, columns 单位,姓名,账号,角色, one line per role), main characters first.

    Raises ValueError with one line when a column or a value is missing.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
        if missing:
            raise ValueError(f"{path}: 缺少列 {'、'.join(missing)}")
        rows = [tuple((row[name] or "").strip() for name in COLUMNS) for row in reader]
    lines: dict[str, list[tuple[str, ...]]] = {}
    for number, row in enumerate(rows, start=2):
        if not all(row):
            raise ValueError(f"{path} 第 {number} 行：单位、姓名、账号、角色都要填")
        lines.setdefault(row[2], []).append(row)
    return [_person(own) for own in sorted(lines.values(), key=_prominence)]


def _person(lines: list[tuple[str, ...]]) -> Person:
    unit, name, userid, _ = lines[0]
    roles = "、".join(dict.fromkeys(role for *_, role in lines))
    return Person(userid, name, unit, f"{unit} · {roles}")


def _prominence(lines: list[tuple[str, ...]]) -> int:
    """The demo's main characters come first; everybody else keeps the order of the file."""
    held = {(unit, role) for unit, _, _, role in lines}
    if ("新民镇", "联络员") in held:
        return 0
    if ("县司法局", "审核人") in held:
        return 1
    roles = {role for _, role in held}
    if "县办" in roles:
        return 2
    return 3 if "县领导" in roles else 4
