"""What a person did in WeCom: the inner XML of a callback as one frozen value.

wechatpy reads the kinds it knows; files, cards and contacts, which it does not know, are read here.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from xml.etree.ElementTree import Element

from wechatpy.enterprise.events import EVENT_TYPES
from wechatpy.enterprise.messages import MESSAGE_TYPES
from wechatpy.messages import UnknownMessage

from bot.wecom import markup
from bot.wecom.errors import Malformed

Kind = Literal["text", "image", "voice", "video", "location", "link", "file", "event", "unknown"]
_KINDS: dict[str, Kind] = {
    "text": "text",
    "image": "image",
    "voice": "voice",
    "video": "video",
    "shortvideo": "video",
    "location": "location",
    "link": "link",
    "file": "file",
    "event": "event",
}


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message or an event. What a kind does not have is empty."""

    kind: Kind
    sender: str  # FromUserName: the userid as the platform spells it; "sys" for what nobody in particular did
    created: int  # CreateTime: the platform's real time, Unix seconds; never compared with the service's clock
    agent_id: int | None = None
    msg_id: str | None = None  # events have none
    text: str = ""
    media_id: str = ""
    file_name: str = ""
    link_url: str = ""
    link_title: str = ""
    event: str = ""  # lower case: click, view, enter_agent, template_card_event, change_contact, …
    event_key: str = ""  # the key of a menu entry or of a card's button
    task_id: str = ""  # the card's
    response_code: str = ""  # lets the card be updated once, within 72 h
    card_type: str = ""
    selected: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)  # question key → option ids
    change_type: str = ""  # change_contact: create_user, update_party, …
    user_id: str = ""  # change_contact: the member, department or tag that changed

    @property
    def key(self) -> str:
        """Equal for the platform's repetitions of one message and for nothing else. ASCII, at most 68 characters.

        FromUserName and CreateTime alone would make one of two clicks within a second (WECOM.md, "Dedupe").
        """
        if self.msg_id is not None and len(self.msg_id) <= 64 and self.msg_id.isascii() and self.msg_id.isalnum():
            return f"msg-{self.msg_id}"
        parts = (
            self.msg_id,
            self.created,
            self.agent_id,
            self.sender,
            self.event_key,
            self.event,
            self.task_id,
            self.response_code,
            self.user_id,
            self.change_type,
        )
        return "evt-" + hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def parse(xml: bytes) -> Incoming:
    """Reads the inner XML of an authentic callback. A new kind is `unknown`; Malformed if it says too little."""
    root = markup.read(xml)
    fields = _fields(root)
    msg_type = fields.get("MsgType", "").lower()
    event = fields.get("Event", "").lower()
    if not msg_type or (msg_type == "event" and not event):
        raise Malformed("no MsgType or Event")
    try:
        message = _message(msg_type, event, fields)
        created = message.time
        agent_id = int(fields["AgentID"]) if fields.get("AgentID") else None
    except (ValueError, TypeError, KeyError, AttributeError):
        raise Malformed("not a message") from None
    if not isinstance(created, int) or (msg_type != "event" and not message.source):
        raise Malformed("no CreateTime or FromUserName")
    return Incoming(
        kind=_KINDS.get(msg_type, "unknown"),
        sender=message.source or "",
        created=created,
        agent_id=agent_id,
        msg_id=None if fields.get("MsgId", "") in ("", "0") else fields["MsgId"],
        text=getattr(message, "content", None) or "",
        media_id=getattr(message, "media_id", None) or fields.get("MediaId", ""),
        file_name=_file_name(fields) if msg_type == "file" else "",
        link_url=message.url or "" if msg_type == "link" else "",
        link_title=message.title or "" if msg_type == "link" else "",
        event=event if msg_type == "event" else "",
        event_key=fields.get("EventKey", ""),
        task_id=fields.get("TaskId", ""),
        response_code=fields.get("ResponseCode", ""),
        card_type=fields.get("CardType", ""),
        selected=_selected(root) if msg_type == "event" else {},
        change_type=fields.get("ChangeType", ""),
        user_id=fields.get("UserID") or fields.get("Id") or fields.get("TagId") or "",
    )


def _message(msg_type: str, event: str, fields: Mapping[str, str]) -> Any:
    """wechatpy's own class for a kind, over the fields as they were read once.

    Its parse_message would read the XML again with another parser: a third of the time an acknowledgement takes, and
    a second opinion on what the document says.
    """
    kinds, name = (EVENT_TYPES, event) if msg_type == "event" else (MESSAGE_TYPES, msg_type)
    return kinds.get(name, UnknownMessage)({field: value or None for field, value in fields.items()})


# The fields read below, by us or by wechatpy. What else the platform sends, in whatever shape, is ignored.
_PLAIN = frozenset(
    {"FromUserName", "CreateTime", "MsgType", "MsgId", "AgentID", "Content", "MediaId", "FileName", "Title", "Url"}
    | {"Event", "EventKey", "TaskId", "ResponseCode", "CardType", "ChangeType", "UserID", "Id", "TagId"}
)


def _fields(root: Element) -> dict[str, str]:
    """The plain children of the root that we read.

    One that occurs twice or holds elements is refused here: wechatpy would hand out a list or a dict for it.
    """
    fields: dict[str, str] = {}
    for child in root:
        if child.tag not in _PLAIN:
            continue
        if child.tag in fields or len(child) or child.attrib:
            raise Malformed("a field occurs twice or is not plain")
        fields[child.tag] = (child.text or "").strip()
    return fields


def _file_name(fields: Mapping[str, str]) -> str:
    """Deployments differ in where they put a file's name."""
    return fields.get("FileName") or fields.get("Title") or ""


def _selected(root: Element) -> dict[str, tuple[str, ...]]:
    """The choices made on a card; reading elements makes no difference between one OptionId and several."""
    return {
        (item.findtext("QuestionKey") or "").strip(): tuple(
            (option.text or "").strip() for option in item.iter("OptionId")
        )
        for item in root.iterfind("SelectedItems/SelectedItem")
    }
