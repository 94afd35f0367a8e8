"""Words that answer what the bot asked: 确认, 取消, a number, a reason, a link, a file."""

import re

from bot.dialogue.choices import Choice, choice_in
from bot.dialogue.free import Reading
from bot.dialogue.intents import Command, Kind, NotUnderstood, Target
from bot.dialogue.lexicon import DETAIL_ASKED
from bot.dialogue.reasons import is_reason
from bot.dialogue.verbs import Verb, info_of
from bot.domain.states import Act
from bot.handlers import asking, choosing, freely, importing, slices, yearend
from bot.handlers.context import Ctx, Refused
from bot.handlers.noticing import confirmed, recall_confirmed, received
from bot.handlers.orders import Order, confirm_first, named, order_from, perform, resolve_words
from bot.handlers.reporting import expect_more, proofs_of, submit_asked
from bot.handlers.targets import own
from bot.services import conversation
from bot.services.conversation import Pending
from bot.services.report import Proof
from bot.store.items import items_by_id
from bot.texts import answers, offers


async def confirm(ctx: Ctx, _command: Command) -> str:
    pending = await conversation.pending(ctx.work, ctx.key)
    if pending is not None and pending.kind == conversation.CHOICE:
        return answers.CHOOSE_FIRST
    if pending is None or pending.kind != conversation.CONFIRM:
        return answers.NOTHING_PENDING
    await conversation.forget(ctx.work, ctx.key)
    if "notice" in pending.payload:
        return await confirmed(ctx, pending.payload["notice"])
    if "said" in pending.payload:
        return await freely.confirmed(ctx, pending.payload)
    if "report" in pending.payload:
        return await yearend.confirmed(ctx, pending.payload["report"])
    if "draft" in pending.payload:
        return await importing.confirmed(ctx, pending.payload)
    if "recall" in pending.payload:
        return await recall_confirmed(ctx, int(pending.payload["recall"]))
    return await slices.begin(ctx, order_from(pending.payload["order"]))


async def abort(ctx: Ctx, _command: Command) -> str:
    pending = await conversation.pending(ctx.work, ctx.key)
    if pending is None or pending.kind == conversation.ITEM:
        return await importing.dropped(ctx) or answers.NOTHING_PENDING
    return await _given_up(ctx, pending)


async def _given_up(ctx: Ctx, pending: Pending) -> str:
    await conversation.forget(ctx.work, ctx.key, _DROPPED)
    if pending.kind == conversation.CONFIRM and "draft" in pending.payload:
        return await importing.dropped(ctx, int(pending.payload["draft"])) or answers.CANCELLED
    return answers.CANCELLED


def _confirm_waits(pending: Pending) -> str:
    what = pending.payload.get("what", "")
    return f"还有一件事等您{f'（{what}）' if what else ''}：回复 确认 执行，回复 取消 放弃。"


async def acknowledged(ctx: Ctx, command: Command) -> str:
    """收到. A bare 1 answers "which one?" while that is open; 好的 is never a 确认."""
    pending = await conversation.pending(ctx.work, ctx.key)
    if pending is not None and pending.kind == conversation.CHOICE and (choice := choice_in(command.raw, ctx.names)):
        return await choosing.chosen_in_words(ctx, pending, choice)
    answer = await received(ctx, command)
    if pending is not None and pending.kind == conversation.WORDS:
        return answers.NO_REASON if answer == answers.NO_WAITING_ASK else f"{answer}\n{answers.NO_REASON}"
    if pending is not None and pending.kind == conversation.CONFIRM:
        return f"{answer}\n{_confirm_waits(pending)}"
    return answer


async def link(ctx: Ctx, command: Command) -> str:
    """A link without a verb: for the item asked about; with a number it is offered as 完成 (rule 9)."""
    if not command.targets:
        pending = await conversation.pending(ctx.work, ctx.key)
        if pending and pending.kind == conversation.CONFIRM and (offered := freely.lacking_link(pending.payload)):
            return await freely.with_links(ctx, offered, command.links)
        return await submit_asked(ctx, proofs_of(ctx, command), command.text)
    items = await own(ctx, command, Act.SUBMIT)
    pending = await conversation.pending(ctx.work, ctx.key)
    order = Order(Act.SUBMIT, tuple(item.id for item in items), command.text, proofs_of(ctx, command))
    if pending and pending.kind == conversation.EVIDENCE and pending.payload["ids"] == [item.id for item in items]:
        return await expect_more(ctx, items[0].id, await perform(ctx, order))
    return await confirm_first(ctx, order, items)


async def still_needed(ctx: Ctx, pending: Pending) -> str:
    """没有链接，是纸质的: what else would do."""
    (item,) = await items_by_id(ctx.work.session, pending.payload["ids"])
    return answers.no_link(named(ctx, item))


async def words(ctx: Ctx, said: NotUnderstood, reading: Reading, text: str) -> str:
    """Words that are no command: the answer to an open question, an act in free words, or what changes nothing."""
    pending = await conversation.pending(ctx.work, ctx.key)
    if pending is not None:
        answered = await _answered(ctx, pending, said, reading, text.strip())
        if answered is not None:
            return answered
    if reading.acts:
        return await freely.carry_out(ctx, reading)
    if pending is not None and pending.kind == conversation.EVIDENCE and _NO_LINK.search(text):
        return await still_needed(ctx, pending)
    if pending is not None and pending.kind == conversation.CONFIRM:
        return f"{_hint(said, reading)}{_confirm_waits(pending)}"
    if reading.look is not None:
        asks = reading.kind is Kind.QUESTION
        brief = asks and not DETAIL_ASKED.search(text)
        return f"{_LOOKED if asks else ''}{await asking.look(ctx, reading.look, brief)}"
    if said.kind is Kind.NUMBER and said.targets:
        raise Refused(f"{said.targets[0]} 号要做什么？例如：任务 {said.targets[0]}，完成 {said.targets[0]} 链接")
    if reading.kind is Kind.UNKNOWN and said.kind is Kind.UNKNOWN and len(reading.targets) == 1:
        raise Refused(offers.what_about(str(reading.targets[0])))
    return answers.unknown(_hint(said, reading))


CHANGED_MIND = re.compile(
    r"(算了|取消|先放|先不|不用|别(?!的)|等一?[下哈]|等等|稍等|搞错|发错|点错|没有?事|不.{1,4}了[。！!]?$)"
)
_EVIDENCE = re.compile(r"(?:是|作为?)?佐证[。.!！]?")
NO_REASON = frozenset({Kind.EMPTY, Kind.QUOTE, Kind.QUESTION, Kind.CONDITION, Kind.PROMISE})
_ASKED = (conversation.WORDS, conversation.WHEN, conversation.CHOICE, conversation.CONFIRM, conversation.EVIDENCE)


async def _answered(ctx: Ctx, pending: Pending, said: NotUnderstood, reading: Reading, text: str) -> str | None:
    """The answer to what was asked, unless the words are about something else."""
    if pending.kind in _ASKED and CHANGED_MIND.match(text) and not reading.acts:
        if pending.kind != conversation.EVIDENCE or not _WAIT.match(text):
            return await _given_up(ctx, pending)
        return answers.TAKE_YOUR_TIME
    if pending.kind == conversation.FILE and _EVIDENCE.fullmatch(text):
        return await importing.is_evidence(ctx, pending)
    if pending.kind == conversation.EVIDENCE and reading.kind is Kind.PROMISE and not reading.targets:
        return answers.TAKE_YOUR_TIME  # 马上发链接
    if pending.kind == conversation.CONFIRM and (other := _INSTEAD.match(text)):
        target = Target(int(other["number"]), int(other["node"]) if other["node"] else None)
        if (offered := await freely.instead(ctx, pending.payload, target)) is not None:
            return offered
    if pending.kind == conversation.CONFIRM and "said" in pending.payload and _YES.fullmatch(text):
        return await confirm(ctx, Command(Verb.CONFIRM))
    if pending.kind == conversation.WORDS:
        return await _reason(ctx, pending, said, text)
    if pending.kind == conversation.WHEN and reading.kind is not Kind.QUESTION:
        given = await freely.day_given(ctx, pending.payload["said"], pending.payload["ids"], text, ctx.work.today)
        return given or (None if reading.acts else offers.NO_DAY)
    if pending.kind in (conversation.EVIDENCE, conversation.ITEM) and said.links and reading.kind is Kind.UNKNOWN:
        if not said.targets and not said.units:
            proofs = tuple(Proof("link", link) for link in said.links)
            return await submit_asked(ctx, proofs)
        return None
    if pending.kind == conversation.CHOICE:
        if _LAST.fullmatch(text):
            return await choosing.nth_chosen(ctx, pending, -1)
        if (nth := _NTH.fullmatch(text)) is not None:
            return await choosing.nth_chosen(ctx, pending, _PLACES.index(nth["n"]) % 5)
        if _ALL_OF_THEM.fullmatch(text):
            return await choosing.all_chosen(ctx, pending)
        if said.kind is Kind.NUMBER and len(said.targets) > 1:
            return await choosing.several_chosen(ctx, pending, said.targets)
        choice = choice_in(text, ctx.names)
        if choice is None and len(reading.targets) == 1 and not _other_item(pending, reading):
            choice = Choice(reading.targets[0], None)
        return await choosing.chosen_in_words(ctx, pending, choice) if choice else None
    return None


_DROPPED = "已取消"
# Says yes to an offer as plainly as 确认; 好的 and 收到 do not.
_YES = re.compile(
    r"(?:是的?|对{1,4}的?|对头|没错|正确|就是(?:的|这样|这个)?|是这样的?|y|yes)[\s,，。.!！~的了哈啊嘛呀]*",
    re.IGNORECASE,
)
_PLACES = "一二三四五12345"
_NTH = re.compile(r"(?:是|就是)?第 ?(?P<n>[一二三四五1-5]) ?[个项条](?:吧|哈|的)?[。.!！~]*")
_LAST = re.compile(r"(?:是|就是)?最后(?:那|一)个?[个项条]?(?:吧|哈|的)?[。.!！~]*")
_ALL_OF_THEM = re.compile(r"(?:全部|全|都|[两几]个都)(?:都|是|完成了?|好了)*(?:的|哈)?[。.!！~]*")
_INSTEAD = re.compile(
    r"(?:不是|不对|错了|[说写打]错了)[\s,，。]*(?:应该)?是?第? ?(?P<number>\d{1,3})(?:-(?P<node>\d))?"
    r"[号项\s。.!！哈]*$"
)
_NO_LINK = re.compile(
    r"(?:没有?|没得|莫得|无|不是)[^,，。]{0,6}(?:链接|网址|连接|文件|佐证)|找不[到着]"
    r"|纸质|原件|盖章件|线下"
)
_WAIT = re.compile(r"等|稍")


def _other_item(pending: Pending, reading: Reading) -> bool:
    """Do the words ask, deny, or tell of another act than the one that waits for its item?"""
    waiting = pending.payload.get("said", {}).get("verb") or pending.payload["order"]["act"]
    return reading.kind is not Kind.UNKNOWN or any(said.command.verb != waiting for said in reading.acts)


async def _reason(ctx: Ctx, pending: Pending, said: NotUnderstood, text: str) -> str:
    """The reason that was asked for, unless the words are doubtful: then nothing is done (rule 9)."""
    if said.kind in NO_REASON or not is_reason(text, ctx.names):
        return answers.NO_REASON
    if "said" in pending.payload:
        return await freely.reason_given(ctx, pending.payload["said"], pending.payload["ids"], text)
    return await resolve_words(ctx, pending.payload["order"], text)


_HINTS = {
    Kind.QUESTION: "这是一个问题，我没有改动任何事项。",
    Kind.NEGATION: "您说的是还没办完，我没有改动任何事项。",
    Kind.CONDITION: "条件还没满足，我没有改动任何事项；办完再报。",
    Kind.PROMISE: "收到您的打算，我没有改动任何事项；办完再报。",
    Kind.POLITE: "不客气。",
    Kind.GREETING: "您好，我在。",
    Kind.QUOTE: "这是转发或引用的话，我没有改动任何事项；要办理请用自己的话发。",
    Kind.SEVERAL: "一条消息里有几件事，我分不清，没有改动任何事项。\n"
    "请一件一条发，或每个编号后面紧跟它的链接：完成 34 链接 35 链接",
    Kind.UNCLEAR_NUMBER: "分不清哪个数字是编号，没有改动任何事项。请把编号写在最前面，如：进展 12，文字",
}


_LOOKED = "这是一个问题，我没有改动任何事项。\n"


def _hint(said: NotUnderstood, reading: Reading) -> str:
    if reading.kind is Kind.QUESTION and reading.verb is not None:
        info = info_of(reading.verb)
        return offers.answer_to_question(info.usage, info.example)
    if reading.kind is Kind.NEGATION and reading.targets:
        return offers.not_yet([str(target) for target in reading.targets])
    if reading.kind is Kind.SEVERAL and len(reading.targets) > 1:
        return offers.which_link([str(target) for target in reading.targets])
    if reading.kind is not Kind.UNKNOWN:
        return _HINTS.get(reading.kind, "")
    if said.kind is Kind.NO_TARGET and said.verb is not None:
        info = info_of(said.verb)
        return f"“{info.label}”要写明编号，例如：{info.example}"
    if said.kind is Kind.UNKNOWN and reading.works:
        return offers.WHICH_WORK
    return _HINTS.get(said.kind, "")
