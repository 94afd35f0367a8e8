"""Faults that a test plants in the platform: the next calls of an API go wrong in a chosen way."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens to the next `times` calls of `api` (`message/send`, …, or `callback` for what goes to the bot).

    Exactly one of: `errcode` (answered instead of doing the work), `status` (an HTTP status, the work not done),
    `drop` = "before" (the connection ends, the work not done), "after" (the work is done, the answer is lost) or
    "silent" (answered as done, and no phone shows it); `delay`, the seconds after which the work's answer leaves.
    """

    api: str
    errcode: int = 0
    status: int = 0
    drop: str = ""
    delay: float = 0.0
    times: int = 1


class Faults:
    def __init__(self) -> None:
        self._planted: list[Fault] = []
        self.dice: Callable[[str], Fault | None] = lambda _api: None  # asked where nothing is planted

    def plant(self, spec: Mapping[str, Any]) -> Fault:
        """Add a fault. Raises ValueError when the spec is not one."""
        try:
            fault = Fault(**spec)
        except TypeError as error:
            raise ValueError(f"not a fault: {error}") from error
        if sum(map(bool, (fault.errcode, fault.status, fault.drop, fault.delay))) != 1:
            raise ValueError("a fault has one of errcode, status, drop and delay")
        if fault.drop not in ("", "before", "after", "silent") or fault.times < 1 or fault.delay < 0:
            raise ValueError('drop is "before", "after" or "silent", times at least 1, delay not negative')
        self._planted.append(fault)
        return fault

    def take(self, api: str) -> Fault | None:
        """The fault for this call, if one is planted; it is used up by being taken."""
        for index, fault in enumerate(self._planted):
            if fault.api == api:
                rest = [replace(fault, times=fault.times - 1)] if fault.times > 1 else []
                self._planted[index : index + 1] = rest
                return fault
        return self.dice(api)

    def clear(self) -> None:
        self._planted.clear()

    def pending(self) -> list[dict[str, Any]]:
        return [asdict(fault) for fault in self._planted]
