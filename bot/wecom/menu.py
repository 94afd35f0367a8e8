"""The application's menu, one for everybody (docs/decisions/0020). Its keys are the plain chat commands, so that
pressing and typing are one and the same."""

from typing import Any

MENU: dict[str, dict[str, str]] = {
    "我的任务": {"我的任务": "任务", "待我审核": "待审", "逾期事项": "逾期", "下一页": "下一页"},
    "办理": {"收到": "收到", "谁没回通知": "未读", "统计": "统计", "台账": "台账"},
    "帮助": {"怎么用": "帮助", "为什么收到": "为什么"},
}
"""Button → entry → the command it stands for."""

MAX_BUTTONS, MAX_ENTRIES = 3, 5
MAX_BUTTON_NAME, MAX_ENTRY_NAME, MAX_KEY = 16, 40, 128  # bytes


def menu_body(menu: dict[str, dict[str, str]] = MENU) -> dict[str, Any]:
    """The payload of menu/create. Raises ValueError if the menu exceeds the platform's limits."""
    if not 1 <= len(menu) <= MAX_BUTTONS:
        raise ValueError(f"a menu has 1 to {MAX_BUTTONS} buttons")
    return {"button": [_button(name, entries) for name, entries in menu.items()]}


def _button(name: str, entries: dict[str, str]) -> dict[str, Any]:
    if not 1 <= len(entries) <= MAX_ENTRIES:
        raise ValueError(f"button {name} has not 1 to {MAX_ENTRIES} entries")
    return {"name": _within(name, MAX_BUTTON_NAME), "sub_button": [_entry(*entry) for entry in entries.items()]}


def _entry(name: str, key: str) -> dict[str, str]:
    return {"type": "click", "name": _within(name, MAX_ENTRY_NAME), "key": _within(key, MAX_KEY)}


def _within(text: str, limit: int) -> str:
    if not 0 < len(text.encode()) <= limit:
        raise ValueError(f"{text!r} has not 1 to {limit} bytes")
    return text
