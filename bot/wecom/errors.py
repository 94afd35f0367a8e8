"""What can go wrong between us and the platform, sorted by what to do about it."""

from enum import Enum


class CallbackError(Exception):
    """A callback that is refused. The text is safe to log: it never contains anything of the request."""


class Forged(CallbackError):
    """Not from the platform, or not for us: wrong signature, padding or receiveid. Answer 403 with an empty body."""


class Malformed(CallbackError):
    """Not a callback at all: not XML, a DOCTYPE, a missing or unusable field, too big. Answer 400."""


class ErrorClass(Enum):
    """What a platform error asks of us (the table of WECOM.md)."""

    OK = "ok"
    TRANSIENT = "transient"  # back off, repeat the identical bytes
    TOKEN = "token"  # refresh once, retry once, then transient
    RATE = "rate"  # park the lane for 60 s or more
    SETTINGS = "settings"  # stop calling, raise an alarm, tell the operator what to fix
    RECIPIENT = "recipient"  # final for that person; tell the office
    CONTENT = "content"  # final: dead letter with the reason


_CLASSES: dict[ErrorClass, frozenset[int]] = {
    ErrorClass.OK: frozenset({0}),
    ErrorClass.TRANSIENT: frozenset({-1, 45033, 45035}),
    ErrorClass.TOKEN: frozenset({40014, 42001}),
    ErrorClass.RATE: frozenset({45009}),
    ErrorClass.SETTINGS: frozenset(
        {40001, 40013, 40056, 41001, 48001, 48002, 48009, 50001, 60011, 60020, 301002},
    ),
    ErrorClass.RECIPIENT: frozenset({81013, 40003, 40031, 46004, 60111, 82001, 82002, 82003}),
}
_CLASS_OF = {code: cls for cls, codes in _CLASSES.items() for code in codes}

MEDIA_EXPIRED = 40007  # the media_id is unknown or older than three days: upload again once
NO_PERMISSION = frozenset({48001, 48002, 48009, 60011})  # the application may not use this API or see this person

_ADVICE = {
    40001: "WECOM_SECRET 不是本应用的 Secret：到管理后台“应用管理”核对，改正后重启服务",
    40013: "WECOM_CORP_ID 不正确：到管理后台“我的企业”核对企业 ID，改正后重启服务",
    40056: "WECOM_AGENT_ID 不正确：到管理后台“应用管理”核对 AgentId，改正后重启服务",
    41001: "请求到达平台时缺少 access_token：检查 WECOM_API_BASE 及中间的代理是否丢弃了网址参数",
    48001: "应用没有该接口的权限：在管理后台为应用开通",
    48002: "应用没有该接口的权限：在管理后台为应用开通（读取通讯录需另行授权）",
    48009: "应用没有该接口的权限：在管理后台为应用开通",
    50001: "网页地址的域名未登记：在应用的“网页授权及JS-SDK”中登记可信域名",
    60011: "部门或人员不在应用可见范围内：在管理后台把其加入应用可见范围",
    60020: "服务器出口 IP 不在白名单：在应用的“企业可信IP”中加入服务器的出口 IP",
    301002: "WECOM_SECRET 与 WECOM_AGENT_ID 不属于同一个应用：到管理后台“应用管理”一并核对",
}


def classify(errcode: int) -> ErrorClass:
    """The class of a platform errcode.

    A code the table does not know is CONTENT, i.e. final: repeating a request refused for an unknown reason could loop
    for ever, while a dead letter keeps the message and shows the code to a person, who can send it again.
    """
    return _CLASS_OF.get(errcode, ErrorClass.CONTENT)


def advice(errcode: int) -> str:
    """One Chinese line telling the operator what to fix; for codes without a known cure, where to look the code up."""
    return _ADVICE.get(errcode, f"请按错误码 {errcode} 查阅企业微信开发者中心“全局错误码”")


class PlatformError(Exception):
    """A call that did not succeed; `cls` says what to do. The text never contains a token or a secret."""

    cls: ErrorClass = ErrorClass.TRANSIENT


class WecomError(PlatformError):
    """The platform answered with a non-zero errcode.

    `cls` is usually classify(errcode), but depends on the call where WECOM.md says so: a token still refused after one
    refresh is TRANSIENT, any final refusal of gettoken is SETTINGS.
    """

    def __init__(self, errcode: int, errmsg: str, cls: ErrorClass | None = None) -> None:
        super().__init__(f"企业微信返回错误 {errcode}：{errmsg}")
        self.errcode = errcode
        self.errmsg = errmsg
        self.cls = cls or classify(errcode)


def told(error: PlatformError) -> str:
    """The error in words for the operator: where a setting is at fault, with what to mend."""
    if isinstance(error, WecomError) and error.cls is ErrorClass.SETTINGS:
        return f"{error}。{advice(error.errcode)}"
    return str(error)


class Unreached(PlatformError):
    """The request was certainly not accepted: no connection, or an HTTP 3xx/4xx in place of an answer (`status`)."""

    def __init__(self, reason: str, status: int | None = None) -> None:
        super().__init__(reason)
        self.status = status


class Ambiguous(PlatformError):
    """The request may have been accepted: timeout or disconnect after sending, HTTP 5xx, an unreadable answer.

    Repeat the identical bytes only, so that the platform's duplicate check recognises them.
    """


class MediaTooLarge(PlatformError):
    """A file somebody sent is larger than the caller accepts."""

    cls = ErrorClass.CONTENT
