"""The corp's directory: members and their departments."""

from collections.abc import Sequence

from sandbox.errors import ApiError, Json
from sandbox.people import Person

ROOT_ID = 1
ROOT_NAME = "全县"


class Contacts:
    """Departments are the people's units, numbered from 2 in the order they appear, below the root (1)."""

    def __init__(self, people: Sequence[Person]) -> None:
        self.people = list(people)
        self._by_userid = {person.userid.lower(): person for person in people}
        self._departments = {
            name: number for number, name in enumerate(dict.fromkeys(p.department for p in people), start=ROOT_ID + 1)
        }

    def add(self, person: Person) -> None:
        """Somebody joins one of the departments."""
        self.people.append(person)
        self._by_userid[person.userid.lower()] = person

    def remove(self, userid: str) -> Person:
        """Somebody leaves. Raises ApiError 60111."""
        person = self.member(userid)
        self.people.remove(person)
        del self._by_userid[person.userid.lower()]
        return person

    def find(self, userid: str) -> Person | None:
        """The platform compares userids without regard to case."""
        return self._by_userid.get(userid.lower())

    def member(self, userid: str) -> Person:
        """Raises ApiError 60111 for somebody who is not in the directory."""
        person = self.find(userid)
        if person is None:
            raise ApiError(60111, "userid not found")
        return person

    def in_department(self, number: int) -> list[Person]:
        """The department's members; the root holds everybody. Raises ApiError 60003."""
        if number == ROOT_ID:
            return self.people
        if number not in self._departments.values():
            raise ApiError(60003, "department not found")
        return [person for person in self.people if self._departments[person.department] == number]

    def departments(self) -> list[Json]:
        root = {"id": ROOT_ID, "name": ROOT_NAME, "parentid": 0, "order": 1}
        rest = [
            {"id": number, "name": name, "parentid": ROOT_ID, "order": number}
            for name, number in self._departments.items()
        ]
        return [root, *rest]

    def brief(self, person: Person) -> Json:
        return {"userid": person.userid, "name": person.name, "department": [self._departments[person.department]]}

    def detail(self, person: Person) -> Json:
        return {
            **self.brief(person),
            "position": person.label,
            "status": 1,
            "enable": 1,
            "main_department": self._departments[person.department],
        }
