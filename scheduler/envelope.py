"""A message into the exact bytes the platform gets: text, card, file or card update."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from bot.domain.people import Member as Person
from bot.services import broadcasts
from bot.services.rendering import Dropped, Rendered, render
from bot.services.work import Work
from bot.store.tables import Member, Outbox
from bot.texts.fit import clip
from bot.wecom import bodies
from bot.wecom.cards import Button, Card, Row


class Envelope:
    """`salt` makes the ids of cards differ from those of another database on the same application."""

    def __init__(self, agent_id: int, cards: bool) -> None:
        self._agent_id = agent_id
        self._cards = cards
        self.salt = ""

    async def seal(self, work: Work, row: Outbox, roster: Mapping[str, Person]) -> Dropped | None:
        """Sets the row's body and words; a file has been uploaded. Dropped where nothing of it is due any more.

        `roster` holds its recipient, if they are on it.
        Raises ValueError for words or an account the platform cannot take.
        """
        if row.kind == "menu":
            row.body = b"{}"
            return None
        if row.kind == broadcasts.RECALL:
            row.body = bodies.recall_body(str(row.payload["msgid"]))
            return None
        if row.kind == broadcasts.KIND:
            return await self._seal_call(work, row)
        member: Person | Member | None = roster.get(row.member_key or "")
        if member is None:
            member = await work.session.get(Member, row.member_key)
        if member is None and row.lane != 0:
            return Dropped("收件人已不在人员名单")
        # An answer goes to whoever wrote, on the roster or not, by the account they wrote with.
        userid = member.userid if member else str(row.payload.get("userid", row.member_key))
        if row.kind == "card_update":
            facts = row.payload.get("card")
            row.body = bodies.update_card_body(
                [userid],
                self._agent_id,
                row.payload["response_code"],
                replace_name=row.payload.get("replace_name"),
                card=self._card(facts, int(row.payload["of"])) if facts else None,
            )
            return None
        if row.payload.get("card_only") and not self._cards:
            return Dropped("这里没有卡片，文字里已写明")
        if row.kind == "file":
            row.body = bodies.file_body(self._agent_id, [userid], str(row.payload["media_id"]))
            row.words = f"［文件］{row.payload['name']}"
            return None
        rendered = await render(work, row, roster.get(row.member_key or ""))
        if isinstance(rendered, Dropped):
            return rendered
        row.words = await self._unlike_any_before(work, row, rendered.text)
        row.body = self._body(row, [userid], rendered)
        if rendered.signs:
            row.payload = {**row.payload, "signs": list(rendered.signs)}
        return None

    async def _seal_call(self, work: Work, row: Outbox) -> Dropped | None:
        """One call to up to a thousand people, all on the roster still."""
        there = await work.session.execute(
            select(Member.key, Member.userid).where(Member.key.in_(row.payload["members"])).order_by(Member.key)
        )
        userids = {one.key: one.userid for one in there}
        if not userids:
            return Dropped("收件人都已不在人员名单，或改在稍后发送")
        members = {key: units for key, units in row.payload["members"].items() if key in userids}
        row.payload = {**row.payload, "members": members}
        row.words = str(row.payload["text"])
        rendered = Rendered(row.words, row.payload.get("card"))
        row.body = self._body(row, [userids[key] for key in members], rendered)
        return None

    async def _unlike_any_before(self, work: Work, row: Outbox, text: str) -> str:
        """Equal words to one person inside the duplicate window become one message: a repeat gets a number."""
        with work.session.no_autoflush:  # nothing else of this person is being changed
            same = await work.session.scalar(
                select(Outbox.id).where(Outbox.member_key == row.member_key, Outbox.words == text).limit(1)
            )
        mark = "" if same is None else f"\n〔{row.id}〕"
        # One message is one row: what is too long for it is cut, never refused for its length.
        return clip(text, bodies.MAX_TEXT - len(mark.encode())) + mark

    def _body(self, row: Outbox, userids: list[str], rendered: Rendered) -> bytes:
        if rendered.card is None or not self._cards:
            return bodies.text_body(self._agent_id, userids, row.words or rendered.text)
        return bodies.card_body(self._agent_id, userids, self._card(rendered.card, row.id))

    def _card(self, facts: dict[str, Any], row_id: int) -> Card:
        return Card(
            task_id=f"d{self.salt}-{row_id}",
            title=facts["title"],
            desc="\n".join(part for part in (facts.get("desc"), facts.get("sub")) if part),
            rows=tuple(Row(name, value) for name, value in facts["rows"] if value),
            buttons=tuple(
                Button(text, key, style=1 if i == 0 else 2) for i, (text, key) in enumerate(facts["buttons"])
            ),
        )
