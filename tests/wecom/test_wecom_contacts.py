"""People from the corp's contacts, as far as the permission lets us see."""

from typing import Any

import pytest

from bot.wecom.contacts import Contact, Contacts, read_contacts


class County:
    """Departments and members as the platform lists them."""

    def __init__(self, departments: list[dict[str, Any]], users: dict[int, list[dict[str, Any]]]) -> None:
        self._departments, self._users = departments, users

    async def departments(self) -> list[dict[str, Any]]:
        return self._departments

    async def users(self, department_id: int) -> list[dict[str, Any]]:
        return self._users.get(department_id, [])


TOWNS = [
    {"id": 1, "name": "垫江县", "parentid": 0},
    {"id": 2, "name": "新民镇", "parentid": 1},
    {"id": 3, "name": "党政办", "parentid": 2},
]


async def read(departments: list[dict[str, Any]], users: dict[int, list[dict[str, Any]]]) -> Contacts:
    return await read_contacts(County(departments, users))


async def test_full_permission() -> None:
    found = await read(
        TOWNS,
        {
            2: [{"userid": "xm_zhang", "name": "张三", "position": "政务公开联络员"}],
            3: [{"userid": "xm_li", "name": "李四", "position": "单位负责人、审核人"}],
        },
    )
    assert found == Contacts(
        (
            Contact("新民镇", ("垫江县",), "张三", "xm_zhang", ("联络员",)),
            Contact("党政办", ("新民镇", "垫江县"), "李四", "xm_li", ("审核人", "单位负责人")),
        ),
        (),
    )


async def test_names_and_userids_only() -> None:
    found = await read(TOWNS, {2: [{"userid": "xm_zhang", "name": "张三"}, {"userid": "xm_li"}]})
    assert [(person.name, person.roles) for person in found.people] == [("张三", ()), ("xm_li", ())]


@pytest.mark.parametrize("title", ["审计局局长", "县办公室主任", "联络员助理", "", None])
async def test_roles_are_not_read_into_titles(title: str | None) -> None:
    found = await read(TOWNS, {2: [{"userid": "a", "position": title}]})
    assert found.people[0].roles == ()


async def test_department_without_a_readable_name() -> None:
    found = await read([{"id": 5, "parentid": 1}, *TOWNS], {5: [{"userid": "a"}], 2: [{"userid": "b"}]})
    assert [person.userid for person in found.people] == ["b"]
    assert len(found.problems) == 1
    assert "部门 5" in found.problems[0]


async def test_nobody_visible() -> None:
    found = await read(TOWNS, {})
    assert found.people == ()
    assert "可见范围" in found.problems[0]


async def test_somebody_in_two_departments_is_in_both() -> None:
    zhang = {"userid": "zhang", "name": "张三"}
    found = await read(TOWNS, {2: [zhang], 3: [zhang]})
    assert [person.unit for person in found.people] == ["新民镇", "党政办"]


async def test_a_loop_of_departments_ends() -> None:
    found = await read(
        [{"id": 1, "name": "甲", "parentid": 2}, {"id": 2, "name": "乙", "parentid": 1}], {1: [{"userid": "a"}]}
    )
    assert found.people[0].above == ("乙",)
