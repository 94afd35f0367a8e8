"""People as the corp's contacts know them, for `duban roster --sync`.

What is readable depends on the permission granted: often only names and userids. Nothing here decides anything; roles
are a guess, only from a job title that ends in the very word: 政务公开联络员 is one, 审计局局长 is no auditor.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

ROLE_WORDS = ("联络员", "审核人", "单位负责人", "县办", "县领导", "审计")


class ContactsApi(Protocol):
    """The two calls needed of WecomClient."""

    async def departments(self) -> list[dict[str, Any]]: ...

    async def users(self, department_id: int) -> list[dict[str, Any]]: ...


@dataclass(frozen=True, slots=True)
class Contact:
    """One person in one department; somebody in two departments occurs twice."""

    unit: str  # the department's name
    above: tuple[str, ...]  # the departments above it, nearest first: 党政办 of 新民镇 has ("新民镇", "垫江县")
    name: str  # the userid where names are not readable
    userid: str
    roles: tuple[str, ...]  # of ROLE_WORDS; empty where the job title says none or is not readable


@dataclass(frozen=True, slots=True)
class Contacts:
    people: tuple[Contact, ...]
    problems: tuple[str, ...]  # Chinese, one line each: what could not be read and why


async def read_contacts(api: ContactsApi) -> Contacts:
    """Everybody the application may see, department by department. Raises what WecomClient raises."""
    departments = {row["id"]: row for row in await api.departments() if isinstance(row.get("id"), int)}
    people: list[Contact] = []
    problems: list[str] = []
    for number in departments:
        unit, *above = _path(number, departments)
        if not unit:
            problems.append(f"部门 {number} 的名称不可读：请为应用开通通讯录“部门名称”权限")
            continue
        for row in await api.users(number):
            if row.get("userid"):
                people.append(_contact(unit, tuple(above), row))
    if not people:
        problems.append("通讯录中没有应用可见的人员：请在管理后台把各单位加入应用可见范围")
    return Contacts(tuple(people), tuple(problems))


def _path(number: int, departments: Mapping[int, dict[str, Any]]) -> list[str]:
    """Names from a department up to the highest visible one; "" where unreadable. A loop of parents ends the walk."""
    names: list[str] = []
    seen: set[int] = set()
    while number in departments and number not in seen:
        seen.add(number)
        names.append(str(departments[number].get("name") or "").strip())
        number = departments[number].get("parentid", 0)
    return names


def _contact(unit: str, above: tuple[str, ...], row: Mapping[str, Any]) -> Contact:
    userid = str(row["userid"])
    titles = re.split(r"[、，,;；/／\s]+", str(row.get("position") or ""))
    return Contact(
        unit=unit,
        above=above,
        name=str(row.get("name") or "").strip() or userid,
        userid=userid,
        roles=tuple(word for word in ROLE_WORDS if any(title.endswith(word) for title in titles)),
    )
