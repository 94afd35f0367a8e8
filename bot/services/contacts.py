"""WeCom contacts as roster lines: a department is a unit by name or alias; a role is what a job title says.

Whoever edits contacts must not make somebody 县办: roles that reach beyond a unit come from the roster file alone.
"""

from bot.domain.people import OF_A_UNIT, ROLE_OF_LABEL, Role
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
        given = [role for role in roles if ROLE_OF_LABEL[role] in OF_A_UNIT]
        if len(given) < len(roles):
            wide = "、".join(role for role in roles if role not in given)
            problems.append(f"{person.name}：通讯录职务里的“{wide}”不导入，县办、县领导、审计请写进名单文件")
        lines += [Line(unit, person.name, person.userid, role, number) for role in given]
    return lines, problems


def _unit(person: Contact, directory: Directory) -> str | None:
    """The department itself, else the nearest one above it that is a unit (新民镇 for its 党政办)."""
    official = {unit.id: unit.name for unit in directory.units}
    for name in (person.unit, *person.above):
        unit_id = resolve(name, directory)
        if isinstance(unit_id, int):
            return official[unit_id]
    return None
