"""The platform itself: its state in memory, and what a person can do on their phone."""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from sandbox.appchats import Chat
from sandbox.callbacks import Courier, Delivery, message_xml, selected_xml
from sandbox.clock import real_now
from sandbox.contacts import Contacts
from sandbox.crypto import Envelope
from sandbox.errors import Json
from sandbox.faults import Faults
from sandbox.limits import ApiQuota, DuplicateCheck, MemberQuota
from sandbox.mailbox import Mailbox
from sandbox.media import PICTURES, MediaStore, content_type_of
from sandbox.menu import find_item
from sandbox.messages import Message
from sandbox.people import Person
from sandbox.sending import Ledger
from sandbox.tokens import OAuthCodes, Tokens


class RefusedByPhone(ValueError):
    """The person cannot do that: no such message, no such button, a button that was closed."""


class Platform:
    """One corp with one app.

    `now` is the clock of limits, lifetimes of media and response codes, and of what phones display: real time, or
    the bot's virtual clock. `wall` is real time: tokens, OAuth codes, and the CreateTime and timestamp of callbacks.
    `unlicensed` holds userids that the platform will not deliver to. Close it when done.
    """

    def __init__(
        self,
        *,
        corp_id: str,
        secret: str,
        agent_id: int,
        token: str,
        aes_key: str,
        people: Sequence[Person],
        callback_url: str,
        now: Callable[[], datetime] = real_now,
        wall: Callable[[], datetime] = real_now,
    ) -> None:
        self.corp_id = corp_id
        self.agent_id = agent_id
        self.now = now
        self.wall = wall
        self.envelope = Envelope(token, aes_key, corp_id)
        self.contacts = Contacts(people)
        self.tokens = Tokens(corp_id, secret, wall)
        self.codes = OAuthCodes(wall)
        self.media = MediaStore(now)
        self.mailbox = Mailbox()
        self.ledger = Ledger()
        self.menu: list[Json] = []
        self.chats: dict[str, Chat] = {}
        self.members = MemberQuota()
        self.apis = ApiQuota()
        self.duplicates = DuplicateCheck()
        self.faults = Faults()
        self.silent = False  # what is sent at this moment reaches nobody, and nobody is told
        self.unlicensed: set[str] = set()
        self.counters: Counter[str] = Counter()
        self.errcodes: Counter[tuple[str, int]] = Counter()
        self._courier = Courier(callback_url, self.envelope, agent_id, self.faults, wall)
        self._last_id = 0

    # What a test looks at

    def inbox(self, userid: str) -> list[Message]:
        """What the bot sent to this person, oldest first."""
        return self.mailbox.inbox(userid)

    async def wait_for(
        self,
        userid: str,
        predicate: Callable[[Message], bool],
        timeout: float = 10.0,  # noqa: ASYNC109  seconds; the failure must say what did arrive
        after: int = 0,
    ) -> Message:
        """The first message in this person's inbox that satisfies the predicate, now or within `timeout`.

        Only messages numbered above `after` count (see `mark`). Raises TimeoutError with the last messages held.
        """
        try:
            async with asyncio.timeout(timeout):
                return await self.mailbox.wait_for(userid, predicate, after)
        except TimeoutError:
            held = "\n---\n".join(message.text for message in self.inbox(userid)[-5:])
            raise TimeoutError(f"{userid} did not get it within {timeout} s; the last messages:\n{held}") from None

    def mark(self) -> int:
        """A number to give `wait_for` as `after`: only what comes from now on will do."""
        return self.mailbox.last_number

    def state(self) -> Json:
        """Counts since the start: messages by fate, callbacks by fate, answers by API and errcode."""
        by_api: dict[str, dict[str, int]] = {}
        for (api, code), count in self.errcodes.items():
            by_api.setdefault(api, {})[str(code)] = count
        totals: Counter[str] = Counter()
        for (_, code), count in self.errcodes.items():
            totals[str(code)] += count
        fates = ("sent", "discarded", "duplicates", "updated", "callbacks_taken", "callbacks_lost")
        return {
            **{fate: self.counters[fate] for fate in fates},
            "errcodes": dict(totals),
            "apis": by_api,
            "faults": self.faults.pending(),
        }

    # What a person does

    async def say(self, userid: str, text: str) -> Message:
        """Send a text to the bot; the message's state says whether the bot took it."""
        return await self._speak(userid, "text", {"content": text})

    async def send_media(self, userid: str, name: str, data: bytes) -> Message:
        """Send a picture or a file to the bot. Raises ApiError when the platform would not take it."""
        kind = "image" if content_type_of(name, data) in PICTURES.values() else "file"
        media = self.media.put(kind, name, data)
        return await self._speak(userid, kind, {"media_id": media.media_id, "name": name, "size": len(data)})

    async def retry(self, userid: str, message_id: str) -> Message:
        """Send once more what the bot did not take: the same message, with the same MsgId."""
        message = self.mailbox.get(userid, message_id)
        if message is None or message.state != "failed":
            raise RefusedByPhone("没有需要重发的消息")
        return await self._carry(self.mailbox.change(userid, message_id, state="sending", error=""))

    async def press(
        self, userid: str, message_id: str, key: str, selected: Mapping[str, Sequence[str]] | None = None
    ) -> Delivery:
        """Press a card's button. `selected` is question key → option ids. Raises RefusedByPhone."""
        message = self.mailbox.get(userid, message_id)
        if message is None or key not in [button.key for button in message.buttons]:
            raise RefusedByPhone("这个按钮已经不能按了")
        self.mailbox.change(userid, message_id, pressed=key, selected=selected or {})
        fields = {
            "EventKey": key,
            "TaskId": message.body["task_id"],
            "CardType": message.body["card_type"],
            "ResponseCode": self.ledger.issue_code(message_id, self.now()),
        }
        delivery = await self._event(userid, "template_card_event", fields, selected_xml(selected or {}))
        if not delivery.ok:
            self.mailbox.change(userid, message_id, pressed="")
        return delivery

    async def choose(self, userid: str, key: str) -> Delivery:
        """Choose an item of the menu, by its key or its address. Raises RefusedByPhone."""
        item = find_item(self.menu, key)
        if item is None:
            raise RefusedByPhone("菜单里没有这一项")
        self._note(userid, f"点击菜单「{item['name']}」")
        return await self._event(userid, str(item["type"]), {"EventKey": key})

    async def enter(self, userid: str) -> Delivery:
        """Open the app."""
        return await self._event(userid, "enter_agent", {"EventKey": ""})

    async def subscribe(self, userid: str) -> Delivery:
        """Join the app's visible range."""
        return await self._event(userid, "subscribe", {"EventKey": ""})

    async def verify_url(self) -> bool:
        """Check the callback URL as the console does when it is saved."""
        return await self._courier.verify_url()

    async def close(self) -> None:
        await self._courier.close()

    def next_id(self) -> int:
        """A message id: 64 bits, unique and increasing, after a restart too, because it is based on real time."""
        self._last_id = max(self._last_id + 1, int(self.wall().timestamp() * 1_000_000) * 1000)
        return self._last_id

    def set_menu(self, menu: list[Json]) -> None:
        self.menu = menu
        self.mailbox.publish({"type": "menu", "menu": menu})

    async def _speak(self, userid: str, kind: str, body: Json) -> Message:
        person = self.contacts.member(userid)
        number, now = self.mailbox.next_number(), self.now()
        message = Message(
            str(self.next_id()), number, person.userid, now, mine=True, kind=kind, body=body, state="sending"
        )
        return await self._carry(self.mailbox.add(message))

    async def _carry(self, message: Message) -> Message:
        """Bring a person's own message to the bot and mark on the phone how that went."""
        fields: dict[str, str | int] = {"MsgType": message.kind}
        if message.kind == "text":
            fields["Content"] = message.body["content"]
        else:
            fields["MediaId"] = message.body["media_id"]
            fields |= {"PicUrl": ""} if message.kind == "image" else {"FileName": message.body["name"]}
        fields["MsgId"] = int(message.id)
        delivery = await self._callback(message.userid, fields)
        state = "sent" if delivery.ok else "failed"
        return self.mailbox.change(message.userid, message.id, state=state, error=delivery.reason)

    def _note(self, userid: str, words: str) -> None:
        number = self.mailbox.next_number()
        body = {"content": words}
        self.mailbox.add(Message(f"note-{number}", number, userid, self.now(), mine=True, kind="note", body=body))

    async def _event(self, userid: str, event: str, fields: Mapping[str, str | int], inner: str = "") -> Delivery:
        person = self.contacts.member(userid)
        return await self._callback(person.userid, {"MsgType": "event", "Event": event, **fields}, inner)

    async def _callback(self, userid: str, fields: Mapping[str, str | int], inner: str = "") -> Delivery:
        head: dict[str, str | int] = {
            "ToUserName": self.corp_id,
            "FromUserName": userid,
            "CreateTime": int(self.wall().timestamp()),
        }
        xml = message_xml({**head, **fields, "AgentID": self.agent_id}, inner)
        delivery = await self._courier.deliver(userid, xml)
        self.counters["callbacks_taken" if delivery.ok else "callbacks_lost"] += 1
        return delivery
