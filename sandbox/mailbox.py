"""Everybody's conversation with the bot, and who is told when it changes."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sandbox.errors import Json
from sandbox.messages import Message

QUEUE = 2000  # events a slow reader may fall behind before it is told to start over

Listener = asyncio.Queue[Json]


class Mailbox:
    def __init__(self) -> None:
        self._talks: dict[str, dict[str, Message]] = {}
        self._read: dict[str, int] = {}
        self._listeners: set[Listener] = set()
        self._changed = asyncio.Event()
        self._numbers = 0

    def next_number(self) -> int:
        self._numbers += 1
        return self._numbers

    @property
    def last_number(self) -> int:
        """Number of the newest message on any phone."""
        return self._numbers

    def add(self, message: Message) -> Message:
        self._talks.setdefault(message.userid, {})[message.id] = message
        if message.mine:
            self._read[message.userid] = message.number  # who writes has the phone in hand
        self._tell(message)
        return message

    def change(self, userid: str, message_id: str, **changes: Any) -> Message:
        """Replace fields of a message in place. Raises KeyError."""
        message = replace(self._talks[userid][message_id], **changes)
        self._talks[userid][message_id] = message
        self._tell(message)
        return message

    def get(self, userid: str, message_id: str) -> Message | None:
        return self._talks.get(userid, {}).get(message_id)

    def conversation(self, userid: str) -> list[Message]:
        return list(self._talks.get(userid, {}).values())

    def inbox(self, userid: str) -> list[Message]:
        return [message for message in self._talks.get(userid, {}).values() if not message.mine]

    def unread(self, userid: str) -> int:
        seen, count = self._read.get(userid, 0), 0
        for message in reversed(self._talks.get(userid, {}).values()):
            if message.number <= seen:
                break
            count += not message.mine
        return count

    def mark_read(self, userid: str) -> None:
        self._read[userid] = self._numbers
        self.publish({"type": "read", "userid": userid})

    async def wait_for(self, userid: str, predicate: Callable[[Message], bool], after: int = 0) -> Message:
        """The first of the bot's messages numbered above `after` that satisfies the predicate, now or later.

        A change of a message (a card updated, a message recalled) is looked at too.
        """
        while True:
            for message in self.inbox(userid):
                if message.number > after and predicate(message):
                    return message
            await self._changed.wait()

    def subscribe(self) -> Listener:
        listener: Listener = asyncio.Queue(QUEUE)
        self._listeners.add(listener)
        return listener

    def unsubscribe(self, listener: Listener) -> None:
        self._listeners.discard(listener)

    def publish(self, event: Json) -> None:
        for listener in self._listeners:
            if listener.full():
                while not listener.empty():
                    listener.get_nowait()
                listener.put_nowait({"type": "hello"})
            listener.put_nowait(event)

    def _tell(self, message: Message) -> None:
        self._changed.set()
        self._changed = asyncio.Event()
        newest = next(reversed(self._talks[message.userid].values()))
        last = {"text": newest.summary, "at": newest.at.isoformat()}
        unread = self.unread(message.userid)
        self.publish({"type": "message", "message": message.as_json(), "last": last, "unread": unread})
