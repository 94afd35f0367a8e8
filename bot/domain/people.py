"""Who uses the service: roles and members (DESIGN §2)."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    CONTACT = "contact"
    REVIEWER = "reviewer"
    HEAD = "head"
    OFFICE = "office"
    SUPERVISOR = "supervisor"
    AUDITOR = "auditor"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    Role.CONTACT: "联络员",
    Role.REVIEWER: "审核人",
    Role.HEAD: "单位负责人",
    Role.OFFICE: "县办",
    Role.SUPERVISOR: "县领导",
    Role.AUDITOR: "审计",
}

ROLE_OF_LABEL = {label: role for role, label in _LABELS.items()}

COUNTY_WIDE = frozenset({Role.OFFICE, Role.SUPERVISOR, Role.AUDITOR})
"""Roles that look at every unit; their 单位 on the roster need not be in the directory."""

OF_A_UNIT = frozenset(Role) - COUNTY_WIDE
"""Roles a job title in WeCom's contacts can give. The others see the whole county: only the roster file gives them."""


@dataclass(frozen=True)
class Post:
    """One line of the roster: a role held at a unit. `unit_id` is None where the unit is not in the directory."""

    role: Role
    unit_id: int | None
    unit: str


@dataclass(frozen=True)
class Member:
    """A person as the service knows them. `userid` is the platform's account, as written on the roster."""

    userid: str
    name: str
    posts: tuple[Post, ...]

    @property
    def roles(self) -> frozenset[Role]:
        return frozenset(post.role for post in self.posts)

    def units(self, *roles: Role) -> frozenset[int]:
        """Ids of the units at which this person holds one of `roles`."""
        return frozenset(p.unit_id for p in self.posts if p.role in roles and p.unit_id is not None)

    @property
    def is_office(self) -> bool:
        return Role.OFFICE in self.roles

    @property
    def acts_for(self) -> frozenset[int]:
        """Units for which this person may report: where they are contact or head."""
        return self.units(Role.CONTACT, Role.HEAD)

    @property
    def reviews_for(self) -> frozenset[int]:
        return self.units(Role.REVIEWER)

    @property
    def sees_all(self) -> bool:
        return bool(self.roles & COUNTY_WIDE)
