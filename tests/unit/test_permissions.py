"""Who may do what (DESIGN §3, rules 2 and 8): every right × role × ownership, as one table."""

import pytest

from bot.domain.people import Member, Post, Role
from bot.domain.permissions import RIGHT_OF, Right, Scope, may, right_to
from bot.domain.states import ALLOWED, Act, State
from bot.services.report import UNDOABLE

TOWN, NEIGHBOUR, LEAD, SECOND_LEAD, OTHER_LEAD = 1, 2, 11, 12, 13


def member(*posts: tuple[Role, int | None]) -> Member:
    return Member("someone", "某人", tuple(Post(role, unit, f"单位{unit}") for role, unit in posts))


PEOPLE = {
    "contact of the unit": member((Role.CONTACT, TOWN)),
    "head of the unit": member((Role.HEAD, TOWN)),
    "reviewer at the unit": member((Role.REVIEWER, TOWN)),
    "contact of another unit": member((Role.CONTACT, NEIGHBOUR)),
    "head of another unit": member((Role.HEAD, NEIGHBOUR)),
    "contact of the lead": member((Role.CONTACT, LEAD)),
    "head of the lead": member((Role.HEAD, LEAD)),
    "reviewer of the lead": member((Role.REVIEWER, LEAD)),
    "reviewer of the second lead": member((Role.REVIEWER, SECOND_LEAD)),
    "reviewer of another lead": member((Role.REVIEWER, OTHER_LEAD)),
    "reviewer of both leads": member((Role.REVIEWER, LEAD), (Role.REVIEWER, SECOND_LEAD)),
    "contact here, reviewer of the lead": member((Role.CONTACT, TOWN), (Role.REVIEWER, LEAD)),
    "office": member((Role.OFFICE, None)),
    "office and contact of another unit": member((Role.OFFICE, None), (Role.CONTACT, NEIGHBOUR)),
    "supervisor": member((Role.SUPERVISOR, None)),
    "auditor": member((Role.AUDITOR, None)),
    "nobody": member(),
}

# What each person may do. Whoever is not in a table may do nothing there but what `ALWAYS` says.
ALWAYS = {
    "reviewer": "see_queue see_late",
    "office": "see_queue see_late see_county see_people import broadcast draft manage",
    "supervisor": "see_late see_county",
    "auditor": "see_late see_county",
}
EVERYTHING = "report check reopen urge name_units see_item"
TABLES = {
    "a town's item that a department leads": (
        Scope(TOWN, frozenset({LEAD}), frozenset({LEAD})),
        {
            "contact of the unit": "report see_item",
            "head of the unit": "report see_item",
            "reviewer of the lead": "check urge name_units see_item",
            "reviewer of both leads": "check urge name_units see_item",
            # Nobody closes their own item, whatever posts they hold (rule 2).
            "contact here, reviewer of the lead": "report urge name_units see_item",
            "office": EVERYTHING,
            "office and contact of another unit": EVERYTHING,
            "supervisor": "see_item",
            "auditor": "see_item",
        },
    ),
    "a department's own row: the office checks": (
        Scope(LEAD, frozenset({LEAD}), frozenset()),
        {
            "contact of the lead": "report see_item",
            "head of the lead": "report see_item",
            "reviewer of the lead": "urge name_units see_item",
            "reviewer of both leads": "urge name_units see_item",
            "contact here, reviewer of the lead": "urge name_units see_item",
            "office": EVERYTHING,
            "office and contact of another unit": EVERYTHING,
            "supervisor": "see_item",
            "auditor": "see_item",
        },
    ),
    "one of two leads owes it: the other checks": (
        Scope(LEAD, frozenset({LEAD, SECOND_LEAD}), frozenset({SECOND_LEAD})),
        {
            "contact of the lead": "report see_item",
            "head of the lead": "report see_item",
            "reviewer of the lead": "urge name_units see_item",
            "reviewer of the second lead": "check urge name_units see_item",
            "reviewer of both leads": "urge name_units see_item",
            "contact here, reviewer of the lead": "urge name_units see_item",
            "office": EVERYTHING,
            "office and contact of another unit": EVERYTHING,
            "supervisor": "see_item",
            "auditor": "see_item",
        },
    ),
    "a whole row, of nobody in particular": (
        Scope(None, frozenset({LEAD})),
        {
            "reviewer of the lead": "urge name_units see_item",
            "reviewer of both leads": "urge name_units see_item",
            "contact here, reviewer of the lead": "urge name_units see_item",
            "office": EVERYTHING,
            "office and contact of another unit": EVERYTHING,
            "supervisor": "see_item",
            "auditor": "see_item",
        },
    ),
    "no item at all": (
        None,
        {"office": EVERYTHING, "office and contact of another unit": EVERYTHING},
    ),
}


@pytest.mark.parametrize("case", TABLES)
@pytest.mark.parametrize("who", PEOPLE)
def test_the_matrix(case: str, who: str) -> None:
    scope, table = TABLES[case]
    granted = set(table.get(who, "").split())
    for word, rights in ALWAYS.items():
        if who.startswith(word) or (word == "reviewer" and "reviewer" in who):
            granted |= set(rights.split())
    assert {str(right) for right in Right if may(PEOPLE[who], right, scope)} == granted


@pytest.mark.parametrize("act", sorted(UNDOABLE))
@pytest.mark.parametrize("who", PEOPLE)
def test_taking_back_needs_the_right_to_what_is_taken_back(who: str, act: Act) -> None:
    """Seeing the item is not enough, and whoever lost the role they acted in can no longer act in it."""
    scope, table = TABLES["a town's item that a department leads"]
    for found in ALLOWED[act]:
        if act in (Act.APPROVE, Act.RETURN):
            needed = "check" if found is State.SUBMITTED else "reopen"
        else:
            needed = "manage" if act in (Act.CLOSE, Act.SUSPEND, Act.RESUME, Act.CANCEL) else "report"
        granted = "office" in who if needed == "manage" else needed in table.get(who, "").split()
        assert may(PEOPLE[who], right_to(act, found), scope) is granted, found


def test_every_act_of_a_person_needs_a_right() -> None:
    """Handing out is the service's own; taking back is decided by what is taken back."""
    assert set(RIGHT_OF) == set(Act) - {Act.DISPATCH, Act.UNDO}


def test_every_role_is_in_the_matrix() -> None:
    assert {role for person in PEOPLE.values() for role in person.roles} == set(Role)
