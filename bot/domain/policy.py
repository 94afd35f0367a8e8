"""The county's policy: every number of rules 3 to 5 and 11, from one TOML file (`county/dianjiang/policy.toml`)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from ipaddress import ip_network
from typing import Any

from bot.domain.calendar import WorkCalendar, calendar_of


class PolicyError(ValueError):
    """The policy file says something that cannot be; the message names the key in one line."""


@dataclass(frozen=True)
class Policy:
    """Days are working days, times wall-clock times in Asia/Shanghai."""

    open: time = time(9, 0)
    close: time = time(17, 30)
    digest_from: time = time(9, 2)
    digest_to: time = time(9, 15)
    digest_catch_up: time = time(12, 0)  # a digest missed through an outage still goes out until then
    digest_bytes: int = 2048
    remind_before: tuple[int, ...] = (15, 7, 3, 1, 0)
    unsigned_after: int = 3
    stalled_after: int = 20
    yellow_days: int = 7
    escalate_lead: int = 1
    escalate_office: int = 3
    escalate_head: int = 7
    propose_bulletin: int = 10
    review_lead: int = 3
    review_office: int = 5
    returned_grace: int = 3
    context_minutes: int = 30
    member_per_minute: int = 20
    member_per_hour: int = 600
    api_per_minute: int = 9_500
    api_per_hour: int = 140_000
    raw_text_days: int = 30
    recheck_days: int = 30  # calendar days between two looks at a link of a closed item
    government_sites: tuple[str, ...] = ()  # hosts that are government sites without ending in .gov.cn
    link_allowed: tuple[str, ...] = ()  # networks, addresses and hosts that may be opened though they are not public
    check_links: bool = True  # a setting, not a number of the file: DUBAN_LINK_CHECK
    calendar: WorkCalendar = field(default_factory=WorkCalendar)


_KEYS = {
    ("window", "open"): "open",
    ("window", "close"): "close",
    ("digest", "from"): "digest_from",
    ("digest", "to"): "digest_to",
    ("digest", "catch_up_until"): "digest_catch_up",
    ("digest", "max_bytes"): "digest_bytes",
    ("reminder", "days_before"): "remind_before",
    ("reminder", "unsigned_after"): "unsigned_after",
    ("light", "yellow_days"): "yellow_days",
    ("light", "stalled_after"): "stalled_after",
    ("escalation", "lead"): "escalate_lead",
    ("escalation", "office"): "escalate_office",
    ("escalation", "head_and_weekly"): "escalate_head",
    ("escalation", "propose_bulletin"): "propose_bulletin",
    ("escalation", "returned_grace"): "returned_grace",
    ("review", "lead"): "review_lead",
    ("review", "office"): "review_office",
    ("context", "minutes"): "context_minutes",
    ("limits", "member_per_minute"): "member_per_minute",
    ("limits", "member_per_hour"): "member_per_hour",
    ("limits", "api_per_minute"): "api_per_minute",
    ("limits", "api_per_hour"): "api_per_hour",
    ("retention", "raw_text_days"): "raw_text_days",
    ("links", "recheck_days"): "recheck_days",
    ("links", "government_sites"): "government_sites",
    ("links", "allowed"): "link_allowed",
}

_TIMES = frozenset({"open", "close", "digest_from", "digest_to", "digest_catch_up"})
_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*", re.IGNORECASE)


def policy_from(data: Mapping[str, Any]) -> Policy:
    """Builds a policy from parsed TOML. What is left out keeps its default; an unknown key is an error, not ignored."""
    values: dict[str, Any] = {}
    calendar = WorkCalendar()
    for section, table in data.items():
        if not isinstance(table, Mapping):
            raise PolicyError(f"策略文件：{section} 应写在一个小节里")
        if section == "calendar":
            calendar = _calendar(table)
            continue
        for key, value in table.items():
            name = _KEYS.get((section, key))
            if name is None:
                raise PolicyError(f"策略文件：不认识 [{section}] {key}")
            values[name] = _value(f"[{section}] {key}", name, value)
    policy = Policy(**values, calendar=calendar)
    _check(policy)
    return policy


def _value(where: str, name: str, value: Any) -> Any:
    if name in _TIMES:
        try:
            return value if isinstance(value, time) else time.fromisoformat(str(value))
        except ValueError:
            raise PolicyError(f"策略文件：{where} 应是时刻，如 09:02") from None
    if name == "remind_before":
        if not isinstance(value, list) or not all(_is_count(v) for v in value):
            raise PolicyError(f"策略文件：{where} 应是一列工作日数，如 [15, 7, 3, 1, 0]")
        return tuple(sorted(set(value), reverse=True))
    if name == "government_sites":
        return _hosts(where, value, '一列域名，如 ["www.example.cn"]', networks=False)
    if name == "link_allowed":
        return _hosts(where, value, '一列网段、地址或域名，如 ["10.20.0.0/16", "oa.example.cn"]', networks=True)
    if not _is_count(value):
        raise PolicyError(f"策略文件：{where} 应是不小于 0 的整数")
    return value


def _hosts(where: str, value: Any, should: str, networks: bool) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise PolicyError(f"策略文件：{where} 应是{should}")
    for one in value:
        if not (
            _is_network(one) if networks and (":" in one or "/" in one or one[-1:].isdigit()) else _HOST.fullmatch(one)
        ):
            raise PolicyError(f"策略文件：{where} 应是{should}，“{one[:80]}”不是")
    return tuple(one.lower() for one in value)


def _is_network(value: str) -> bool:
    try:
        ip_network(value)
    except ValueError:
        return False
    return True


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 1_000_000


def _calendar(table: Mapping[str, Any]) -> WorkCalendar:
    unknown = set(table) - {"extra_years", "holidays", "workdays"}
    if unknown:
        raise PolicyError(f"策略文件：不认识 [calendar] {sorted(unknown)[0]}")
    return calendar_of(
        (int(year) for year in table.get("extra_years", ())),
        (_day(day) for day in table.get("holidays", ())),
        (_day(day) for day in table.get("workdays", ())),
    )


def _day(value: Any) -> date:
    try:
        return value if isinstance(value, date) else date.fromisoformat(str(value))
    except ValueError:
        raise PolicyError("策略文件：[calendar] 中的日期应写成 2027-01-01") from None


def _check(policy: Policy) -> None:
    if not policy.open <= policy.digest_from <= policy.digest_to <= policy.digest_catch_up <= policy.close:
        raise PolicyError("策略文件：应有 open ≤ digest.from ≤ digest.to ≤ catch_up_until ≤ close")
    ladder = (policy.escalate_lead, policy.escalate_office, policy.escalate_head, policy.propose_bulletin)
    if list(ladder) != sorted(set(ladder)) or ladder[0] < 1:
        raise PolicyError("策略文件：[escalation] 的天数应从小到大且不重复")
    if policy.recheck_days < 2:
        raise PolicyError("策略文件：[links] recheck_days 不能小于 2")
    if not 1 <= policy.review_lead < policy.review_office:
        raise PolicyError("策略文件：[review] 应有 1 ≤ lead < office")
