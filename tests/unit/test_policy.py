"""The county's numbers, read from one TOML file; a mistake in it is refused, never ignored."""

import tomllib
from dataclasses import fields, replace
from datetime import date, time
from typing import Any

import pytest
from support.world import COUNTY

from bot.domain.policy import Policy, PolicyError, policy_from
from bot.settings import SettingsError, read_policy

FILE = tomllib.loads(COUNTY.policy_path.read_text(encoding="utf-8"))


def test_the_countys_file_states_every_number_and_each_is_the_default() -> None:
    assert policy_from(FILE) == Policy() == policy_from({})
    stated = sum(len(table) for name, table in FILE.items() if name != "calendar")
    assert stated == len(fields(Policy)) - 2  # the calendar is a section of its own, and one is a setting


@pytest.mark.parametrize(("section", "key"), [(s, k) for s, t in FILE.items() if s != "calendar" for k in t])
def test_every_number_can_be_changed_and_only_that_one(section: str, key: str) -> None:
    value: Any = FILE[section][key]
    if isinstance(value, list):
        changed: Any = [20, *value] if value else ["www.example.cn"]
    elif isinstance(value, str):
        changed = {"open": "08:30", "close": "18:00", "from": "09:03", "to": "09:14"}.get(key, "11:30")
    else:
        changed = value + 1 if (section, key) != ("escalation", "lead") else 2
    policy = policy_from({section: {key: changed}})
    different = [f.name for f in fields(Policy) if getattr(policy, f.name) != getattr(Policy(), f.name)]
    assert len(different) == 1
    read = getattr(policy, different[0])
    assert read == (
        time.fromisoformat(changed)
        if isinstance(changed, str)
        else tuple(changed)
        if isinstance(changed, list)
        else changed
    )


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        ({"window": {"opens": "09:00"}}, "不认识 [window] opens"),
        ({"reminders": {"unsigned_after": 3}}, "不认识 [reminders] unsigned_after"),
        ({"open": "09:00"}, "open 应写在一个小节里"),
        ({"window": {"open": "nine"}}, "[window] open 应是时刻"),
        ({"reminder": {"days_before": 15}}, "应是一列工作日数"),
        ({"reminder": {"days_before": [15, -1]}}, "应是一列工作日数"),
        ({"reminder": {"unsigned_after": True}}, "应是不小于 0 的整数"),
        ({"review": {"lead": -1}}, "应是不小于 0 的整数"),
        ({"review": {"lead": "3"}}, "应是不小于 0 的整数"),
        ({"escalation": {"lead": 0}}, "从小到大"),
        ({"links": {"recheck_days": 1}}, "recheck_days 不能小于 2"),
        ({"links": {"government_sites": "www.example.cn"}}, "应是一列域名"),
        ({"links": {"government_sites": ["http://www.example.cn/"]}}, "“http://www.example.cn/”不是"),
        ({"links": {"allowed": ["10.20.0.0/33"]}}, "“10.20.0.0/33”不是"),
        ({"links": {"allowed": ["10.20.0.1/16"]}}, "“10.20.0.1/16”不是"),
        ({"links": {"allowed": [10]}}, "应是一列网段"),
        ({"escalation": {"lead": 3}}, "从小到大"),
        ({"escalation": {"office": 9}}, "从小到大"),
        ({"digest": {"from": "08:00"}}, "open ≤ digest.from"),
        ({"digest": {"to": "09:01"}}, "open ≤ digest.from"),
        ({"window": {"close": "11:00"}}, "open ≤ digest.from"),
        ({"calendar": {"holiday": []}}, "不认识 [calendar] holiday"),
        ({"calendar": {"holidays": ["soon"]}}, "[calendar] 中的日期"),
    ],
)
def test_what_cannot_be_is_refused_by_name(data: dict[str, Any], complaint: str) -> None:
    with pytest.raises(PolicyError) as refused:
        policy_from(data)
    assert complaint in str(refused.value) and "\n" not in str(refused.value)


def test_the_reminder_days_are_put_in_order() -> None:
    assert policy_from({"reminder": {"days_before": [0, 7, 3, 7]}}).remind_before == (7, 3, 0)


def test_a_county_adds_the_days_of_a_year() -> None:
    calendar = policy_from(
        {"calendar": {"extra_years": [2099], "holidays": ["2099-01-01", date(2099, 1, 2)], "workdays": ["2099-01-03"]}}
    ).calendar
    assert calendar.knows(2099) and not calendar.is_workday(date(2099, 1, 2)) and calendar.is_workday(date(2099, 1, 3))
    assert replace(Policy(), calendar=calendar) != Policy()


def test_a_file_that_cannot_be_read_is_one_line(tmp_path: Any) -> None:
    broken = tmp_path / "policy.toml"
    broken.write_text("[window\nopen = 1")
    for path in (tmp_path / "none.toml", broken):
        with pytest.raises(SettingsError) as refused:
            read_policy(path)
        assert "\n" not in str(refused.value) and str(path) in str(refused.value)
