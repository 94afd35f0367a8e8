"""Reads a county's data files (`county/<name>/`) and refuses what cannot be right, naming the file and the place."""

import csv
import json
import re
import tomllib
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Any, TypeVar

from bot.domain.county import County, GroupData, NodeData, PathData, TaskData, TaskListData, UnitData

UNIT_COLUMNS = ["name", "kind", "aliases", "confirmed", "in_groups"]
CONFIRMED = {"是": True, "否": False}
RECURRENCE = re.compile(r"monthly|quarterly|yearly|quota:\d+(/\d+)?|trigger:\+\d+m|standing")
TRIGGER = re.compile(r"\+\d+m")

T = TypeVar("T")


class CountyError(ValueError):
    """The county is unknown or its data is wrong; the message is one line that says what and where."""


def county_names() -> tuple[str, ...]:
    """The counties that come with this installation."""
    return tuple(sorted(path.parent.name for path in _root().glob("*/list.json")))


def load_county(name: str) -> County:
    """The data of a county that comes with this installation. Raises CountyError."""
    if name not in county_names():
        raise CountyError(f"没有名为“{name}”的县数据，可用的有：{'、'.join(county_names()) or '（无）'}")
    return read_county(_root() / name)


def read_county(folder: Path) -> County:
    """The data in any folder, whose name becomes the county's. Raises CountyError."""
    units = _read(folder / "units.tsv", _units)
    groups, ask, dashes = _read(folder / "groups.toml", lambda text: _rules(text, units))
    for name in ("policy.toml", "people.csv"):
        if not (folder / name).is_file():
            raise CountyError(f"缺少文件 {folder.name}/{name}")
    return County(
        name=folder.name,
        units=units,
        groups=groups,
        ask=ask,
        dashes=dashes,
        task_list=_read(folder / "list.json", lambda text: _record(json.loads(text), "", _task_list)),
        policy_path=folder / "policy.toml",
        people_path=folder / "people.csv",
    )


def _root() -> Path:
    # An installed wheel is unpacked on disk, so its resources are ordinary paths.
    return Path(str(resources.files("county")))


def _read(path: Path, parse: Callable[[str], T]) -> T:
    where = f"{path.parent.name}/{path.name}"
    try:
        return parse(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CountyError(f"缺少文件 {where}") from None
    except UnicodeDecodeError:
        raise CountyError(f"{where}：不是 UTF-8 编码") from None
    except (json.JSONDecodeError, tomllib.TOMLDecodeError) as error:
        raise CountyError(f"{where}：格式有误（{error}）") from None
    except CountyError as error:
        raise CountyError(f"{where}：{error}") from None


class _Fields:
    """One record of a data file: takes its values by name and type, and knows which names nobody asked for."""

    def __init__(self, raw: object, where: str) -> None:
        self.where = where
        if not isinstance(raw, dict):
            raise self.error("应是一组键和值")
        self._left: dict[str, Any] = dict(raw)

    def error(self, problem: str) -> CountyError:
        return CountyError(f"{self.where} {problem}".strip())

    def take(self, key: str) -> Any:
        if key not in self._left:
            raise self.error(f"缺少 {key}")
        return self._left.pop(key)

    def text(self, key: str, *, empty: bool = False) -> str:
        value = self.take(key)
        if not isinstance(value, str) or not (value or empty):
            raise self.error(f"{key} 应是{'' if empty else '非空'}文字")
        return value

    def text_or_none(self, key: str, *, optional: bool = False) -> str | None:
        if self._left.get(key, None if optional else "") is None:
            self._left.pop(key, None)
            return None
        return self.text(key)

    def number(self, key: str) -> int:
        value = self.take(key)
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.error(f"{key} 应是整数")
        return value

    def day(self, key: str) -> date:
        value = self.text(key)
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise self.error(f"{key} 应是日期，如 2021-12-31，现为“{value}”") from None

    def texts(self, key: str) -> tuple[str, ...]:
        value = self.take(key)
        if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
            raise self.error(f"{key} 应是一列文字")
        return tuple(value)

    def records(self, key: str, build: Callable[["_Fields"], T]) -> tuple[T, ...]:
        value = self.take(key)
        if not isinstance(value, list):
            raise self.error(f"{key} 应是一列")
        return tuple(_record(raw, f"{self.where} {key} 第 {n} 项".strip(), build) for n, raw in enumerate(value, 1))

    def finish(self) -> None:
        if self._left:
            raise self.error(f"不认识 {'、'.join(self._left)}")


def _record(raw: object, where: str, build: Callable[[_Fields], T]) -> T:
    fields = _Fields(raw, where)
    result = build(fields)
    fields.finish()
    return result


def _units(text: str) -> tuple[UnitData, ...]:
    header, *rows = list(csv.reader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)) or [[]]
    if header != UNIT_COLUMNS:
        raise CountyError(f"第 1 行应是 {'、'.join(UNIT_COLUMNS)}，以制表符分隔")
    return tuple(_unit(row, line) for line, row in enumerate(rows, start=2))


def _unit(row: Sequence[str], line: int) -> UnitData:
    if len(row) != len(UNIT_COLUMNS):
        raise CountyError(f"第 {line} 行应有 {len(UNIT_COLUMNS)} 列，现有 {len(row)} 列")
    name, kind, aliases, confirmed, groups = row
    if not name or not kind or confirmed not in CONFIRMED:
        raise CountyError(f"第 {line} 行：name、kind 不能为空，confirmed 应为 是 或 否")
    return UnitData(name, kind, _split(aliases), CONFIRMED[confirmed], _split(groups))


def _split(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split(",") if part.strip())


def _rules(text: str, units: Sequence[UnitData]) -> tuple[tuple[GroupData, ...], frozenset[str], frozenset[str]]:
    """Groups, expressions that name nobody, characters of a drawn line."""

    def group(fields: _Fields) -> GroupData:
        name = fields.text("name")
        return GroupData(name, fields.texts("aliases"), tuple(u.name for u in units if name in u.groups))

    def rules(fields: _Fields) -> tuple[tuple[GroupData, ...], frozenset[str], frozenset[str]]:
        groups = fields.records("group", group)
        ask, dashes = _record(
            fields.take("expression"), "expression", lambda f: (frozenset(f.texts("ask")), frozenset(f.texts("dashes")))
        )
        _check_names(units, groups, ask)
        return groups, ask, dashes

    return _record(tomllib.loads(text), "", rules)


def _check_names(units: Sequence[UnitData], groups: Sequence[GroupData], ask: frozenset[str]) -> None:
    """One word, one meaning: otherwise an expression could be read in two ways."""
    words = Counter(ask)
    words.update(word for unit in units for word in (unit.name, *unit.aliases))
    words.update(word for group in groups for word in (group.name, *group.aliases))
    twice = [word for word, count in words.items() if count > 1]
    if twice:
        raise CountyError(f"名称或别名重复：{'、'.join(twice)}")
    known = {group.name for group in groups}
    for unit in units:
        for name in unit.groups:
            if name not in known:
                raise CountyError(f"没有定义 {unit.name} 所属的“{name}”")
    for empty in (group.name for group in groups if not group.members):
        raise CountyError(f"没有单位属于“{empty}”")


def _task_list(fields: _Fields) -> TaskListData:
    task_list = TaskListData(
        key=fields.text("key"),
        title=fields.text("title"),
        doc_no=fields.text_or_none("doc_no"),
        year=fields.number("year"),
        issue_date=fields.day("issue_date"),
        report_date=fields.day("report_date"),
        tasks=fields.records("tasks", _task),
    )
    if [task.number for task in task_list.tasks] != list(range(1, len(task_list.tasks) + 1)):
        raise fields.error("tasks 的 number 应从 1 起连续编号")
    return task_list


def _task(fields: _Fields) -> TaskData:
    task = TaskData(
        number=fields.number("number"),
        part=fields.text("part"),
        aspect=fields.text("aspect"),
        item=fields.text("item"),
        measures=fields.texts("measures"),
        paths=fields.records("paths", _path),
        mentioned_paths=fields.records("mentioned_paths", _path),
        lead=fields.text("lead", empty=True),
        responsible=fields.text("responsible", empty=True),
        nodes=fields.records("nodes", _node),
        recurrence=fields.text_or_none("recurrence"),
        deadline_text=fields.text("deadline_text", empty=True),
        note=fields.text("note", empty=True),
    )
    if not task.measures or not all(task.measures):
        raise fields.error("measures 不能为空")
    if [node.seq for node in task.nodes] != list(range(1, len(task.nodes) + 1)) or not task.nodes:
        raise fields.error("nodes 至少一个，seq 从 1 起连续编号")
    if task.recurrence is not None and not RECURRENCE.fullmatch(task.recurrence):
        raise fields.error(f"不认识 recurrence“{task.recurrence}”")
    return task


def _path(fields: _Fields) -> PathData:
    return PathData(site=fields.text("site"), column=fields.text("column", empty=True))


def _node(fields: _Fields) -> NodeData:
    node = NodeData(
        seq=fields.number("seq"),
        title=fields.text("title"),
        due=fields.day("due"),
        trigger=fields.text_or_none("trigger", optional=True),
    )
    if node.trigger is not None and not TRIGGER.fullmatch(node.trigger):
        raise fields.error(f"不认识 trigger“{node.trigger}”，应如 +3m")
    return node
