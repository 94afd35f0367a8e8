"""Every setting, one class (DESIGN §6). Read from the environment or `.env`; each stands in `.env.example`."""

import tomllib
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.domain.calendar import SHANGHAI
from bot.domain.policy import Policy, PolicyError, policy_from
from bot.texts.causes import system_cause

ROLES = frozenset({"web", "worker", "scheduler"})


class SettingsError(RuntimeError):
    """A setting is missing or wrong; the message is one line that says which and what would work."""


def _blank_is_unset(value: object) -> object:
    return None if value == "" else value


Optional = BeforeValidator(_blank_is_unset)


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_file=".env", env_file_encoding="utf-8", extra="ignore", env_ignore_empty=True)

    wecom_api_base: str = "https://qyapi.weixin.qq.com"
    wecom_corp_id: str = ""
    wecom_agent_id: Annotated[int | None, Optional] = Field(default=None, ge=1)
    wecom_secret: str = ""
    wecom_callback_token: str = ""
    wecom_encoding_aes_key: str = ""
    wecom_ca_file: Annotated[Path | None, Optional] = None
    wecom_authorize_base: str = "https://open.weixin.qq.com"
    wecom_cards: Literal["template", "text"] = "template"

    duban_database_url: str = "sqlite+aiosqlite:///duban.db"
    duban_host: str = "0.0.0.0"  # the platform's callback comes from outside
    duban_port: int = Field(default=8080, ge=0, le=65535)
    duban_public_url: str = ""
    duban_data_dir: Path = Path("data")
    duban_policy: Annotated[Path | None, Optional] = None
    duban_roles: str = "web,worker,scheduler"
    duban_link_check: Literal["on", "off"] = "on"
    duban_http_proxy: str = ""
    duban_clock: Annotated[datetime | None, Optional] = None
    duban_clock_speed: float = Field(default=1.0, ge=0, le=1_000_000)

    @field_validator("duban_clock", mode="after")
    @classmethod
    def _in_shanghai(cls, value: datetime | None) -> datetime | None:
        return value.replace(tzinfo=SHANGHAI) if value is not None and value.tzinfo is None else value

    @field_validator("duban_roles", mode="after")
    @classmethod
    def _known_roles(cls, value: str) -> str:
        roles = {part.strip() for part in value.split(",") if part.strip()}
        if not roles or roles - ROLES:
            raise ValueError("应为 web、worker、scheduler 中的一个或几个，用逗号分开")
        return ",".join(sorted(roles))

    @field_validator("wecom_api_base", "wecom_authorize_base", "duban_http_proxy", mode="after")
    @classmethod
    def _http_address(cls, value: str, info: ValidationInfo) -> str:
        if not value and info.field_name == "duban_http_proxy":
            return value  # there is none
        try:
            parts = urlsplit(value)
            good = parts.scheme in ("http", "https") and bool(parts.hostname)
        except ValueError:  # brackets that are not closed
            good = False
        if not good:
            raise ValueError("应为 http:// 或 https:// 开头的地址")
        return value.rstrip("/")

    @property
    def roles(self) -> frozenset[str]:
        return frozenset(self.duban_roles.split(","))

    @cached_property
    def policy(self) -> Policy:
        """The county's rules in numbers. Raises SettingsError."""
        path = self.duban_policy
        policy = Policy() if path is None else read_policy(path)
        return replace(policy, check_links=self.duban_link_check == "on")

    def make_data_dir(self) -> None:
        """Raises SettingsError where there can be no such folder."""
        try:
            self.duban_data_dir.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            why = system_cause(error)
            raise SettingsError(f"DUBAN_DATA_DIR 用不了：{self.duban_data_dir} 建不了或不是目录（{why}）") from None

    def check_platform(self) -> None:
        """Raises SettingsError unless everything the platform needs is set."""
        missing = [
            name.upper()
            for name in (
                "wecom_corp_id",
                "wecom_agent_id",
                "wecom_secret",
                "wecom_callback_token",
                "wecom_encoding_aes_key",
            )
            if not getattr(self, name)
        ]
        if missing:
            raise SettingsError(f"缺少设置 {'、'.join(missing)}：请写在环境变量或 .env 里（说明见 .env.example）")

    def check_clock(self) -> None:
        """A virtual clock must never reach real people: only a platform on this machine will do."""
        if self.duban_clock is not None and not _is_loopback(self.wecom_api_base):
            raise SettingsError(
                "设了 DUBAN_CLOCK（虚拟时钟）时，WECOM_API_BASE 必须是本机地址（如 http://127.0.0.1:8100）"
            )


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def read_policy(path: Path) -> Policy:
    try:
        return policy_from(tomllib.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise SettingsError(f"DUBAN_POLICY 指向的文件不存在：{path}") from None
    except OSError as error:
        raise SettingsError(f"读不了策略文件 {path}：{system_cause(error)}") from None
    except UnicodeDecodeError:
        raise SettingsError(f"读不了策略文件 {path}：不是 UTF-8 编码") from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"策略文件 {path} 格式有误：{error}") from None
    except PolicyError as error:
        raise SettingsError(str(error)) from None


def load_settings(**overrides: object) -> Settings:
    """Reads the settings. Raises SettingsError with one line for the first thing wrong."""
    try:
        return Settings(**overrides)  # type: ignore[arg-type]  # pydantic checks them
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]).upper() if first["loc"] else "设置"
        raise SettingsError(f"{name} 的值不对：{_reason(str(first['type']), str(first['msg']))}") from None


def _reason(kind: str, message: str) -> str:
    if kind == "value_error":
        return message.removeprefix("Value error, ")
    if kind.startswith("int_"):
        return "应为整数"
    if kind.startswith("float_"):
        return "应为数字"
    if kind in ("greater_than_equal", "less_than_equal"):
        least = kind == "greater_than_equal"
        return f"不能{'小' if least else '大'}于 {message.rpartition(' ')[2]}"
    if kind.startswith("datetime_"):
        return "应为时间，如 2021-05-25T09:00:00+08:00"
    if kind == "literal_error":
        return "只能取 " + message.removeprefix("Input should be ").replace(" or ", " 或 ")
    return message
