"""Group chats the app made: it can only push into them."""

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.errors import ApiError, Json, require
from sandbox.sending import content_of, deliver

if TYPE_CHECKING:
    from sandbox.platform import Platform

LEAST, MOST = 2, 2000  # members


@dataclass(frozen=True, slots=True)
class Chat:
    chat_id: str
    name: str
    owner: str
    userids: list[str]


def create(platform: "Platform", body: Json) -> Json:
    """appchat/create. Raises ApiError 86001 (chatid), 86003 (members), 60111 (a member unknown)."""
    userlist = body.get("userlist")
    valid = isinstance(userlist, list) and LEAST <= len(userlist) <= MOST
    require(valid, 86003, "invalid userlist size")
    userids = [platform.contacts.member(str(userid)).userid for userid in userlist or ()]
    chat_id = str(body.get("chatid") or secrets.token_hex(16))
    require(chat_id.isalnum() and len(chat_id) <= 32 and chat_id not in platform.chats, 86001, "invalid chatid")
    owner = platform.contacts.member(str(body.get("owner") or userids[0])).userid
    platform.chats[chat_id] = Chat(chat_id, str(body.get("name") or "群聊"), owner, userids)
    return {"chatid": chat_id}


def get(platform: "Platform", chat_id: str) -> Json:
    chat = _chat(platform, chat_id)
    return {"chat_info": {"chatid": chat.chat_id, "name": chat.name, "owner": chat.owner, "userlist": chat.userids}}


def send(platform: "Platform", body: Json) -> Json:
    """appchat/send: every kind but template cards."""
    chat = _chat(platform, body.get("chatid"))
    require(body.get("msgtype") != "template_card", 40008, "invalid message type")
    kind, content = content_of(platform, body)
    msgid = str(platform.next_id())
    for userid in chat.userids:
        deliver(platform, userid, msgid, kind, content, chat=chat.name)
    return {}


def _chat(platform: "Platform", chat_id: object) -> Chat:
    chat = platform.chats.get(chat_id) if isinstance(chat_id, str) else None
    if chat is None:
        raise ApiError(86001, "invalid chatid")
    return chat
