"""The application's menu: what may be in one."""

from typing import Any

from sandbox.errors import Json, require

MENU_SIZE = 3
SUBMENU_SIZE = 5
NAME_BYTES = 16
SUBMENU_NAME_BYTES = 40
KEY_BYTES = 128
URL_BYTES = 1024


def check_menu(body: Json) -> list[Json]:
    """The buttons of a menu/create request. Raises ApiError 40016 to 40027."""
    buttons = body.get("button")
    require(_is_list(buttons, MENU_SIZE), 40016, "invalid button size")
    for button in buttons or ():
        _check_name(button, NAME_BYTES, 40018)
        if "sub_button" in button:
            require(_is_list(button["sub_button"], SUBMENU_SIZE), 40023, "invalid sub button size")
            for sub in button["sub_button"]:
                require("sub_button" not in sub, 40022, "invalid sub menu level")
                _check_name(sub, SUBMENU_NAME_BYTES, 40025)
                _check_action(sub, kind=40024, key=40026, url=40027)
        else:
            _check_action(button, kind=40017, key=40019, url=40020)
    return list(buttons or ())


def find_item(menu: list[Json], key: str) -> Json | None:
    """The item with this key (click) or address (view)."""
    items = [sub for button in menu for sub in button.get("sub_button", [button])]
    return next((item for item in items if key in (item.get("key"), item.get("url"))), None)


def _is_list(value: Any, most: int) -> bool:
    return isinstance(value, list) and 1 <= len(value) <= most and all(isinstance(one, dict) for one in value)


def _check_name(button: Json, limit: int, code: int) -> None:
    name = button.get("name")
    require(isinstance(name, str) and 0 < len(name.encode()) <= limit, code, "invalid button name size")


def _check_action(button: Json, *, kind: int, key: int, url: int) -> None:
    require(button.get("type") in ("click", "view"), kind, "invalid button type")
    if button["type"] == "click":
        value = button.get("key")
        require(isinstance(value, str) and 0 < len(value.encode()) <= KEY_BYTES, key, "invalid button key size")
    else:
        value = button.get("url")
        require(isinstance(value, str) and 0 < len(value.encode()) <= URL_BYTES, url, "invalid button url size")
