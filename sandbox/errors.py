"""How the platform says no: HTTP 200 with an `errcode` and a text."""

from typing import Any

Json = dict[str, Any]


class ApiError(Exception):
    """One refusal of the platform's API; `code` is the errcode of the answer."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(f"{code}: {text}")
        self.code = code
        self.text = text

    def answer(self) -> Json:
        return {"errcode": self.code, "errmsg": self.text}


def require(condition: object, code: int, text: str) -> None:
    """Raise ApiError(code, text) unless the condition holds."""
    if not condition:
        raise ApiError(code, text)
