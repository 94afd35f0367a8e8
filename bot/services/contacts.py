"""WeCom contacts as roster lines: a department is a unit by name or alias; a role is what a job title says."""

from bot.domain.people import ROLE_OF_LABEL, Role
from bot.domain.responsibility import Directory, resolve
from bot.services.roster import Line
from bot.wecom.contacts import Contact, Contacts


def lines_from(found: Contacts, directory: Directory) -> tuple[list[Line], list[str]]:
    """Roster lines, and what could not be used. People whose title says nothing are contacts of their unit."""
    lines: list[Line] = []
    problems = list(found.problems)
    for number, person in enumerate(found.people, 1):
        unit = _unit(person, directory)
        if unit is None:
            problems.append(f"{person.name}：部门“{person.unit}”不在单位名录里，没有导入")
            continue
        roles = person.roles or (Role.CONTACT.label,)
        lines += [Line(unit, person.name, person.userid, role, number) for role in roles if role in ROLE_OF_LABEL]
    return lines, problems


def _unit(person: Contact, directory: Directory) -> str | None:
    """The department itself, else the nearest one above it that is a unit (新民镇 for its 党政办)."""
    official = {unit.id: unit.name for unit in directory.units}
    for name in (person.unit, *person.above):
        unit_id = resolve(name, directory)
        if isinstance(unit_id, int):
            return official[unit_id]
    return None
