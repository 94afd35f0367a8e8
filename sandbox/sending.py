"""What the app sends: messages to people, changes to their cards, recalls."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sandbox.cards import INTERACTIVE, check_card
from sandbox.errors import ApiError, Json, require
from sandbox.limits import DUPLICATE_SECONDS, DUPLICATE_SECONDS_MAX
from sandbox.messages import Message

if TYPE_CHECKING:
    from sandbox.platform import Platform

TEXT_BYTES = 2048
TITLE_BYTES = 128
DESCRIPTION_BYTES = 512
MAX_USERS = 1000
MAX_PARTIES = 100
RESPONSE_LIFE = timedelta(hours=72)
RECALL_LIFE = timedelta(hours=24)


@dataclass(slots=True)
class Sent:
    """What the platform remembers of one message: who has it, and for a card what may still change it."""

    at: datetime
    userids: list[str]
    task_id: str = ""


@dataclass(slots=True)
class Ledger:
    """Everything the app has sent, the task ids it used, and the response codes that are still good."""

    sent: dict[str, Sent] = field(default_factory=dict)
    task_ids: set[str] = field(default_factory=set)
    codes: dict[str, tuple[str, datetime]] = field(default_factory=dict)

    def issue_code(self, msgid: str, now: datetime) -> str:
        """A response code for the card with this msgid: good once, for 72 hours."""
        code = secrets.token_urlsafe(48)
        self.codes[code] = (msgid, now + RESPONSE_LIFE)
        return code

    def redeem_code(self, code: object, now: datetime) -> str:
        """The msgid behind the code. Raises ApiError 40058 for one unknown, used or too old."""
        msgid, until = self.codes.pop(code, ("", now)) if isinstance(code, str) else ("", now)
        require(until > now, 40058, "invalid response_code")
        return msgid


def clip(text: str, limit: int) -> str:
    """At most `limit` bytes of UTF-8, cut between two code points."""
    return text.encode("utf-8", "replace")[:limit].decode("utf-8", "ignore")


def check_agent(platform: "Platform", agent_id: Any) -> None:
    """The platform takes the agent id as a number only."""
    require(type(agent_id) is int and agent_id == platform.agent_id, 40056, "invalid agentid")


def send_message(platform: "Platform", raw: bytes, body: Json) -> Json:
    """message/send. Delivers to whoever can be reached and names the rest; errcode 0 unless nobody can be."""
    check_agent(platform, body.get("agentid"))
    now = platform.now()
    checked = bool(body.get("enable_duplicate_check"))
    if checked:
        earlier = platform.duplicates.earlier(raw, _interval(body), now)
        if earlier is not None:
            platform.counters["duplicates"] += 1
            return earlier
    userids, answer = _recipients(platform, body)
    kind, content = content_of(platform, body)
    if kind == "template_card":
        _claim_task_id(platform, content)
    licensed = [userid for userid in userids if userid not in platform.unlicensed]
    if len(licensed) < len(userids):
        answer["unlicenseduser"] = "|".join(userid.lower() for userid in userids if userid in platform.unlicensed)
    msgid = answer["msgid"] = str(platform.next_id())
    platform.ledger.sent[msgid] = Sent(now, licensed, content.get("task_id", ""))
    for userid in licensed:
        deliver(platform, userid, msgid, kind, content)
    if kind == "template_card" and content["card_type"] in INTERACTIVE:
        answer["response_code"] = platform.ledger.issue_code(msgid, now)
    if checked:
        platform.duplicates.remember(raw, answer, now)
    return answer


def deliver(platform: "Platform", userid: str, msgid: str, kind: str, content: Json, chat: str = "") -> None:
    """Put it on one phone, unless that member has had too much: then it is gone without a word."""
    now = platform.now()
    if platform.silent:
        platform.counters["vanished"] += 1
        return
    if not platform.members.admit(userid, now):
        platform.counters["discarded"] += 1
        return
    platform.counters["sent"] += 1
    number = platform.mailbox.next_number()
    platform.mailbox.add(Message(msgid, number, userid, now, mine=False, kind=kind, body=content, chat=chat))


def content_of(platform: "Platform", body: Json) -> tuple[str, Json]:
    """The message's kind and what a phone is shown of it. Raises ApiError 40008, 44004, 40007, 40058 …"""
    kind = body.get("msgtype")
    if kind in ("text", "markdown"):
        content = _part(body, kind).get("content")
        require(isinstance(content, str) and content, 44004, "empty content")
        return kind, {"content": clip(str(content), TEXT_BYTES)}
    if kind == "textcard":
        return kind, _textcard(_part(body, kind))
    if kind in ("file", "image"):
        media = platform.media.get(_part(body, kind).get("media_id"))
        require(media.kind == kind, 40007, "invalid media_id")
        return kind, {"media_id": media.media_id, "name": media.name, "size": len(media.data)}
    if kind == "template_card":
        check_card(body.get(kind))
        return kind, dict(body[kind])
    raise ApiError(40008, "invalid message type")


def update_card(platform: "Platform", body: Json) -> Json:
    """message/update_template_card: close the buttons of a card, or put another card in its place."""
    check_agent(platform, body.get("agentid"))
    userids = body.get("userids", [])
    require(isinstance(userids, list), 40058, "userids is not a list")
    changes = _card_changes(body)
    msgid = platform.ledger.redeem_code(body.get("response_code"), platform.now())
    sent = platform.ledger.sent[msgid]
    if "body" in changes:
        changes["body"]["task_id"] = sent.task_id
    wanted = {str(userid).lower() for userid in userids}
    held = {userid.lower(): userid for userid in sent.userids}
    for lowered, userid in held.items():
        if (body.get("atall") or lowered in wanted) and platform.mailbox.get(userid, msgid) is not None:
            platform.mailbox.change(userid, msgid, **changes)
            platform.counters["updated"] += 1
    return {"invaliduser": sorted(wanted - held.keys())}


def recall(platform: "Platform", body: Json) -> Json:
    """message/recall: take a message back from every phone within 24 hours."""
    msgid = body.get("msgid")
    sent = platform.ledger.sent.get(msgid) if isinstance(msgid, str) else None
    if sent is None or platform.now() - sent.at > RECALL_LIFE:
        raise ApiError(40058, "invalid msgid")
    for userid in sent.userids:
        if platform.mailbox.get(userid, str(msgid)) is not None:
            platform.mailbox.change(userid, str(msgid), state="recalled")
    return {}


def _card_changes(body: Json) -> Json:
    """What an update asks for, checked before its response code is spent."""
    card, button = body.get("template_card"), body.get("button")
    require((card is None) != (button is None), 40058, "either button or template_card")
    if isinstance(card, dict):
        card = {**card, "task_id": "kept"}  # a card keeps the task id it was sent with
        check_card(card)
        return {"body": card, "replaced": "", "pressed": "", "selected": {}}
    name = button.get("replace_name") if isinstance(button, dict) else None
    require(name, 40058, "button.replace_name missing")
    return {"replaced": name}


def _interval(body: Json) -> timedelta:
    seconds = body.get("duplicate_check_interval", DUPLICATE_SECONDS)
    require(isinstance(seconds, int) and seconds > 0, 40035, "invalid duplicate_check_interval")
    return timedelta(seconds=min(seconds, DUPLICATE_SECONDS_MAX))


def _recipients(platform: "Platform", body: Json) -> tuple[list[str], Json]:
    """Who is meant and can be reached, and the part of the answer that names who cannot."""
    users, parties = _names(body, "touser"), _names(body, "toparty")
    tags = _names(body, "totag")
    require(users or parties or tags, 82001, "touser, toparty and totag all empty")
    require(len(users) <= MAX_USERS, 40031, "too many userids")
    require(len(parties) <= MAX_PARTIES, 82002, "too many parties")
    require(len(tags) <= MAX_PARTIES, 82003, "too many tags")
    if users == ["@all"]:
        return [person.userid for person in platform.contacts.people], {}
    found: dict[str, None] = {}
    bad: dict[str, list[str]] = {"invaliduser": [], "invalidparty": [], "invalidtag": tags}
    for userid in users:
        person = platform.contacts.find(userid)
        if person is None:
            bad["invaliduser"].append(userid.lower())
        else:
            found[person.userid] = None
    for party in parties:
        try:
            members = platform.contacts.in_department(int(party))
        except (ApiError, ValueError):
            bad["invalidparty"].append(party)
        else:
            found.update((person.userid, None) for person in members)
    require(found, 81013, "user & party & tag all invalid")
    return list(found), {name: "|".join(values) for name, values in bad.items() if values}


def _names(body: Json, key: str) -> list[str]:
    value = body.get(key, "")
    require(isinstance(value, str), 40035, f"{key} is not a string")
    return [name for name in str(value).split("|") if name]


def _part(body: Json, kind: str) -> Json:
    part = body.get(kind, {})
    require(isinstance(part, dict), 40035, f"{kind} is not an object")
    return dict(part)


def _textcard(card: Json) -> Json:
    for name in ("title", "description", "url"):
        require(isinstance(card.get(name), str) and card[name], 40035, f"textcard.{name} missing")
    return {
        "title": clip(card["title"], TITLE_BYTES),
        "description": clip(card["description"], DESCRIPTION_BYTES),
        "url": card["url"],
        "btntxt": str(card.get("btntxt") or "详情"),
    }


def _claim_task_id(platform: "Platform", card: Json) -> None:
    task_id = card.get("task_id")
    if task_id is None:
        return
    require(task_id not in platform.ledger.task_ids, 40058, "task_id repeated")
    platform.ledger.task_ids.add(task_id)
