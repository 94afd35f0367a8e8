"""Free words → what they ask for (rule 9): nearly everything is understood, and only what is certain acts at once.

What is likely is offered and waits for 确认; what asks, denies, sets a condition, quotes or instructs changes nothing.
Every step leaves a line in the trace: `duban understand … --explain` prints it.
"""

import re
from dataclasses import dataclass, field, replace
from datetime import date

from bot.dialogue import lexicon
from bot.dialogue.doubts import doubts_in, own_words
from bot.dialogue.intents import Command, Kind, Target
from bot.dialogue.lexicon import VERB_OF, Rule, Sense
from bot.dialogue.looks import look
from bot.dialogue.mentions import EXCEPTED, Clause, blank, clauses, day_like, residue
from bot.dialogue.mentions import Kind as Mentioned
from bot.dialogue.names import Names
from bot.dialogue.normalize import Folded, fold
from bot.dialogue.repair import repair
from bot.dialogue.softened import OF_CHECKERS, named_apart, softened, without_comfort
from bot.dialogue.speaker import Speaker
from bot.dialogue.statements import REQUESTS, Statement, statements
from bot.dialogue.verbs import Doubt, Verb
from bot.dialogue.whose import foreign_words, without_quotes, without_signature

_NOT = re.compile(
    r"(?:不|没有?|莫|未|别|不用|不要|先不|无需|暂不|莫得)(?:想|再|要|用|能|给|予|必|需要?|打算|急着)?[^,。;\s]{0,2}$"
)
_CALLED = re.compile(r"^(?:原因|理由|说明|事由|依据|因为|由于|因|进展)(?:是|如下)?[\s:,]*")
_EDGES = " \t\n,，、;；:：。.!！~()（）"
_OWN = frozenset(Sense) - OF_CHECKERS
_LISTED = (Verb.APPROVE, Verb.RETURN, Verb.URGE)  # of many: the list is shown and waits for 确认
_ASKING = (Sense.EXTEND, Sense.EXEMPT, Sense.DISPUTE)
_SURE = frozenset({Doubt.QUESTION, Doubt.NEGATION, Doubt.CONDITION})


@dataclass(frozen=True)
class Said:
    """One act the words ask for. `certain`: to be done at once; otherwise it is offered. `choices`: the items one of
    which is meant, where the words leave several. `perhaps_day`: a number may be a day of the month (18号). `guessed`:
    no item was named, it is the one spoken of last."""

    command: Command
    certain: bool
    choices: tuple[Target, ...] = ()
    perhaps_day: bool = False
    guessed: bool = False


@dataclass(frozen=True)
class Reading:
    """What a message in free words comes to. Without acts nothing changes, and `kind` says why; `look` is what its
    question asks to see; `verb` and `targets` are what an answer can hold on to, `works` says that they tell
    of some work."""

    kind: Kind
    acts: tuple[Said, ...] = ()
    look: Command | None = None
    verb: Verb | None = None
    targets: tuple[Target, ...] = ()
    works: bool = False
    trace: tuple[str, ...] = ()


@dataclass
class _Work:
    """What is known while a message is read."""

    plain: str
    folded: Folded
    speaker: Speaker
    trace: list[str] = field(default_factory=list)

    def said(self, start: int, end: int) -> str:
        return self.folded.said(start, end)


def understand(text: str, names: Names, today: date, speaker: Speaker) -> Reading:
    """Reads a message that is no command. Never raises; takes time linear in its length."""
    folded = fold(text)
    own = own_words(folded)
    if own is None:
        return Reading(Kind.QUOTE, trace=("不是本人的话：引用或转发",))
    meant, repaired = repair(own)
    meant = without_signature(without_quotes(meant))
    trace = [f"规整：{note}" for note in repaired]
    if foreign := foreign_words(blank(meant), names, speaker.units):
        return Reading(Kind.QUOTE, trace=(*trace, f"不是本人的话：“{foreign}”"))
    if lexicon.GREETING.fullmatch(meant.plain):
        return Reading(Kind.GREETING)
    plain, found = clauses(meant, names, speaker.book, today, speaker.checks and not speaker.units)
    work = _Work(plain, meant, speaker, trace)
    _trace_mentions(work, found)
    acts: list[Said] = []
    kinds: list[tuple[Kind, Verb | None]] = []
    told = statements(found, plain)
    for statement in told:
        made = _read(work, statement)
        acts += made if isinstance(made, list) else []
        kinds += [made] if isinstance(made, tuple) else []
    targets = tuple(dict.fromkeys(target for statement in told for target in _mentioned(statement, speaker)))
    if not acts and lexicon.POLITE.fullmatch(plain):
        return Reading(Kind.POLITE, trace=tuple(work.trace))
    kind, verb = next((pair for pair in kinds if pair[0] is not Kind.UNKNOWN), (Kind.UNKNOWN, None))
    asked = None if acts else look(plain, found, targets, speaker, kind is Kind.QUESTION)
    if asked:
        work.trace.append(f"想看：{asked.verb}")
    return Reading(kind, tuple(acts), asked, verb, targets, lexicon.WORK.search(plain) is not None, tuple(work.trace))


def _mentioned(statement: Statement, speaker: Speaker) -> tuple[Target, ...]:
    if statement.targets:
        return tuple(statement.targets)
    if statement.topic and speaker.topic:
        return (speaker.topic,)
    return tuple(entry.target for entry in statement.entries)


def _trace_mentions(work: _Work, found: list[Clause]) -> None:
    for clause in found:
        for mention in clause.mentions:
            words = work.plain[mention.start : mention.end].strip() or work.said(mention.start, mention.end)
            if mention.rule:
                strength = "明说" if mention.rule.strong else "近似说法"
                work.trace.append(f"说法：“{words}”是{mention.rule.name}（{mention.rule.sense}，{strength}）")
            elif mention.items:
                codes = "、".join(map(str, mention.items.targets))
                work.trace.append(f"编号：“{words}”是 {codes}{'（除外）' if mention.excluded else ''}")
            elif mention.named:
                codes = "、".join(str(entry.target) for entry in mention.named.entries)
                work.trace.append(f"标题：“{mention.named.words}”可能是 {codes}")
            elif mention.kind is Mentioned.NUMBER:
                work.trace.append(f"不是编号：“{words}”")
            elif mention.kind is Mentioned.DAY:
                work.trace.append(f"日期：“{words}”是 {mention.day or '不存在的日子'}")
            elif mention.unit:
                work.trace.append(f"单位：{mention.unit.name}")


# -- one statement


def _read(work: _Work, statement: Statement) -> list[Said] | tuple[Kind, Verb | None]:
    """Its acts, or why it has none."""
    text = without_comfort(statement.text(named_apart(work.plain, statement)))
    if statement.excluded or statement.excluded_units:
        text = EXCEPTED.sub("", text)
    rule = _main(statement, work.speaker)
    doubt = _doubt(work, statement, text, rule)
    if lexicon.NONE_LEFT.search(text) and doubt is not Doubt.QUESTION:
        work.trace.append("双重否定：全部完成")
        return [Said(Command(Verb.SUBMIT, all=True), True)]
    if lexicon.SIGN_THE_REST.search(text) and doubt is not Doubt.QUESTION:
        return [Said(Command(Verb.SIGN, all=True), True)]
    if doubt is Doubt.QUESTION:
        work.trace.append("疑点：是问句")
        return Kind.QUESTION, VERB_OF[rule.sense] if rule else None
    if rule and rule.sense is Sense.SIGN and not rule.strong and doubt is Doubt.PROMISE:
        rule = None  # 收到，34号马上办 tells what will be done
    forecast = doubt in (Doubt.PROMISE, Doubt.NEGATION) and doubts_in(text, {Doubt.PROMISE}) is not None
    if rule is None:
        return _without_verb(work, statement, text, forecast, doubt)
    if rule.sense in (Sense.DONE, Sense.DOING) and doubt is not Doubt.CONDITION and forecast:
        return _forecast(work, statement, rule)
    if rule.sense is not Sense.DOING and (denied := _denied(work, statement, rule, doubt)):
        work.trace.append(f"疑点：{denied}")
        return Kind(denied.value), VERB_OF[rule.sense]
    return _act(work, statement, rule)


def _doubt(work: _Work, statement: Statement, text: str, rule: Rule | None) -> Doubt | None:
    """The first doubt of the words. What is denied before the report (本镇未发生，已完成) does not deny it."""
    text = softened(text, rule)
    doubt = doubts_in(text)
    if doubt is not Doubt.NEGATION or rule is None or rule.sense is not Sense.DONE:
        return doubt
    first = next(place for place, clause in enumerate(statement.clauses) if rule in clause.senses)
    told = Statement(statement.clauses[first:]).text(named_apart(work.plain, statement))
    rest = doubts_in(softened(without_comfort(told), rule))
    if rest is None:
        work.trace.append("否定在前面的分句里，不是否定完成")
    return rest or doubts_in(text, {Doubt.CONDITION, Doubt.PROMISE})


def _main(statement: Statement, speaker: Speaker) -> Rule | None:
    """The sense that decides: a request over a report, ongoing work over work done, as far as the speaker may."""
    heard = [rule for rule in statement.senses if rule.sense in (OF_CHECKERS if speaker.checks else frozenset())]
    if heard:
        return next((rule for rule in heard if rule.sense in REQUESTS), None) or next(
            (rule for rule in heard if rule.strong), heard[-1]
        )
    if not (speaker.units or speaker.office):
        return None
    own = _OWN | {Sense.REFUSE}  # 53号不同意: a unit that does not agree disputes
    heard = [rule for rule in statement.senses if rule.sense in own]
    for sense in (*REQUESTS, Sense.SIGN, Sense.DOING, Sense.DONE):
        of_sense = [rule for rule in heard if rule.sense is sense and (rule.strong or sense is not Sense.SIGN)]
        if of_sense and not (sense is Sense.DOING and _done_before(statement)):
            return next((rule for rule in of_sense if rule.strong), of_sense[0])
    return heard[0] if heard else None


def _done_before(statement: Statement) -> bool:
    """35号已完成，正在等审核: what goes on is said after the report, in a clause of its own."""
    said = [{rule.sense for rule in clause.senses} for clause in statement.clauses]
    done = next((place for place, senses in enumerate(said) if Sense.DONE in senses), len(said))
    return done < next((place for place, senses in enumerate(said) if Sense.DOING in senses), -1)


def _denied(work: _Work, statement: Statement, rule: Rule, doubt: Doubt | None) -> Doubt | None:
    """The doubt that forbids this act. A request may deny things in its reason, but not the request itself."""
    place = next(m.start for c in statement.clauses for m in c.mentions if m.rule is rule)
    if _NOT.search(work.plain[max(0, place - 8) : place].replace("没有问题", "")) and rule.sense is not Sense.EXEMPT:
        return Doubt.NEGATION
    if rule.sense in OF_CHECKERS and re.search(r"(?:先|暂时?)不|先放", work.plain):
        return Doubt.NEGATION  # 材料不行，先不通过 neither approves nor returns
    if rule.sense in REQUESTS:
        return None
    return doubt if doubt in _SURE or rule.sense in (Sense.APPROVE, Sense.AGREE) else None


def _without_verb(
    work: _Work, statement: Statement, text: str, forecast: bool, doubt: Doubt | None
) -> list[Said] | tuple[Kind, Verb | None]:
    """Items with a link are evidence; items with a promise are a 进展; the rest changes nothing."""
    if not (work.speaker.units or work.speaker.office):
        return Kind(doubt.value) if doubt else Kind.UNKNOWN, None
    if forecast and statement.targets and lexicon.FORECAST.search(text):
        return _forecast(work, statement, None)
    if doubt:
        return Kind(doubt.value), None
    if statement.links and (statement.targets or statement.entries or statement.topic):
        work.trace.append("编号旁有链接：当作完成的佐证，先问")
        return _several(work, statement, Command(Verb.SUBMIT), False)
    return Kind.UNKNOWN, None


def _forecast(work: _Work, statement: Statement, rule: Rule | None) -> list[Said] | tuple[Kind, Verb | None]:
    if not _mentioned(statement, work.speaker):
        work.trace.append("疑点：是打算，又没说哪一项")
        return Kind.PROMISE, VERB_OF[rule.sense] if rule else None
    work.trace.append("是打算，不是完成：记为进展")
    certain = bool(rule and rule.strong and statement.targets and not statement.counted)
    return _several(work, statement, Command(Verb.PROGRESS, text=_whole(work, statement)), certain)


def _act(work: _Work, statement: Statement, rule: Rule) -> list[Said] | tuple[Kind, Verb | None]:
    verb = VERB_OF[rule.sense]
    if rule.sense is Sense.RETURN and any(one.sense in _ASKING for one in statement.senses):
        verb = Verb.REFUSE  # 驳回 of a request
    if rule.sense is Sense.REFUSE and not work.speaker.checks:
        if not _mentioned(statement, work.speaker):
            return Kind.UNKNOWN, verb
        verb = Verb.DISPUTE
    if rule.sense is Sense.DISPUTE and not rule.strong and not (_mentioned(statement, work.speaker) or statement.topic):
        return Kind.UNKNOWN, verb
    if rule.sense is Sense.SIGN and not rule.strong and not statement.targets:
        return Kind.UNKNOWN, verb
    if rule.sense is Sense.ASSIGN and not (statement.targets and statement.units):
        return Kind.UNKNOWN, verb
    command = Command(verb)
    if rule.sense is Sense.EXTEND:
        command = replace(command, when=statement.day, span=statement.span)
    if rule.sense in (*REQUESTS, Sense.SUSPEND, Sense.RESUME):
        command = replace(command, text=_reason(work, statement))
    elif rule.sense is Sense.DOING:
        command = replace(command, text=_whole(work, statement))
    return _several(work, statement, command, _certain(work, statement, rule, command))


def _certain(work: _Work, statement: Statement, rule: Rule, command: Command) -> bool:
    """May it be done at once? Only what names its items by number and leaves nothing unexplained (rule 9)."""
    if not statement.targets or statement.counted or rule.sense in OF_CHECKERS:
        return False
    days = _may_be_days(work, statement)
    if rule.sense is Sense.UNDO:
        return not statement.links
    if rule.sense is Sense.DOING:
        return rule.name != lexicon.PARTLY and (rule.strong or not days or rule.name == "一次")
    if rule.sense in REQUESTS:
        complete = command.text and (command.when or rule.sense is not Sense.EXTEND)
        return rule.strong and bool(complete)
    others = [sense for sense in statement.senses if sense.sense is not rule.sense]
    if others or not rule.strong or statement.unexplained(work.plain) or _strangers(work, statement):
        work.trace.append("有没读懂的话或说法不够明确：先问")
        return False
    told = work.plain[min(m.start for c in statement.clauses for m in c.mentions if m.rule) :]
    if days and not statement.links and not re.match(r"已|.{0,6}?了", told):
        work.trace.append("可能是日子，不是编号：先问")
        return False
    return True


def _may_be_days(work: _Work, statement: Statement) -> bool:
    return any(day_like(work.plain, m) for clause in statement.clauses for m in clause.of(Mentioned.ITEMS))


def _strangers(work: _Work, statement: Statement) -> bool:
    return bool(set(statement.units) - work.speaker.units) and not work.speaker.office


def _several(
    work: _Work, statement: Statement, command: Command, certain: bool
) -> list[Said] | tuple[Kind, Verb | None]:
    """The command with its items and links; one for each item that has a link of its own."""
    command = replace(command, units=_acting(work, statement, command.verb))
    if command.verb in _LISTED and work.speaker.checks:
        everything = statement.everything and not command.units
        command = replace(command, all=everything, excluded_units=tuple(statement.excluded_units))
    days = command.verb in (Verb.SUBMIT, Verb.SIGN) and not statement.links and _may_be_days(work, statement)
    whole = len(statement.entries) == 1 or (statement.topic and work.speaker.topic)
    everything = statement.everything and not (whole and not statement.targets and not statement.excluded)
    if everything and len(statement.entries) > 1 and not statement.targets:
        named = tuple(entry.target for entry in statement.entries)
        return [Said(replace(command, targets=named, ranged=True), False)]
    if statement.targets or everything or statement.excluded or command.excluded_units:
        command = replace(
            command,
            targets=tuple(target for target in statement.targets if target not in statement.excluded),
            excluded=tuple(statement.excluded),
            ranged=statement.ranged,
            all=command.all or not statement.targets,
        )
        if command.many and command.verb not in (Verb.SUBMIT, Verb.SIGN, *_LISTED):
            return Kind.SEVERAL, command.verb
        return _with_links(statement, command, certain, days)
    command = replace(command, links=tuple(statement.links))
    if statement.topic and work.speaker.topic:
        work.trace.append(f"“这个”指刚才说到的 {work.speaker.topic}")
        return [Said(replace(command, targets=(work.speaker.topic,)), False)]
    entries = statement.entries
    if not entries and work.speaker.topic and not any(rule.sense is Sense.UNDO for rule in statement.senses):
        work.trace.append(f"没说哪一项，刚才说到的是 {work.speaker.topic}：先问")
        return [Said(replace(command, targets=(work.speaker.topic,)), False, guessed=True)]
    if len(entries) == 1:
        return [Said(replace(command, targets=(entries[0].target,)), False)]
    if not entries and command.verb is Verb.PROGRESS:
        return Kind.NEGATION, command.verb
    return [Said(command, False, tuple(entry.target for entry in entries))]


def _with_links(
    statement: Statement, command: Command, certain: bool, days: bool
) -> list[Said] | tuple[Kind, Verb | None]:
    links, pairs = statement.links, statement.pairs
    if len(links) > 1 and len(command.targets) > 1:
        if set(pairs) != set(command.targets):
            return Kind.SEVERAL, command.verb
        apart = all(len(clause.of(Mentioned.LINK)) < 2 for clause in statement.clauses)
        named = pairs.items()
        return [Said(replace(command, targets=(item,), links=(link,)), certain and apart) for item, link in named]
    return [Said(replace(command, links=tuple(links)), certain, perhaps_day=days and not certain)]


def _acting(work: _Work, statement: Statement, verb: Verb) -> tuple[str, ...]:
    """The units a command names: those acted upon, or the one somebody speaks for. For a contact another unit's name is
    mostly part of the words; before an item or a report it says that the item is that unit's."""
    if work.speaker.office or work.speaker.checks:
        return tuple(statement.units)
    if verb not in (Verb.SUBMIT, Verb.SIGN, Verb.UNDO):
        return ()
    found = []
    for clause in statement.clauses:
        for mention in clause.of(Mentioned.UNIT):
            before = lexicon.FILLER.sub("", work.plain[clause.start : mention.start])
            if mention.unit and not before and mention.unit.name not in work.speaker.units:
                found.append(mention.unit.name)
    return tuple(dict.fromkeys(found))


def _reason(work: _Work, statement: Statement) -> str:
    """What is left beside items, verbs and days, as written."""
    pieces = []
    for clause in statement.clauses:
        told = bool(clause.senses or clause.targets or clause.of(Mentioned.DAY, Mentioned.LINK))
        runs = list(residue(work.plain, clause)) if told else [(clause.start, clause.end)]
        for start, end in runs:
            said = _CALLED.sub("", work.said(start, end).strip(_EDGES)).strip(_EDGES)
            meant = said if work.speaker.checks else lexicon.FILLER.sub("", said)
            if len(re.findall(r"[一-鿿a-zA-Z]", meant)) >= 2 and said not in _NO_REASON:
                pieces.append(said)
    if not pieces:  # 我们委没有这项职能 says it and gives the reason
        weak = [c for c in statement.clauses if any(one.sense in REQUESTS and not one.strong for one in c.senses)]
        pieces = [work.said(clause.start, clause.end).strip(_EDGES) for clause in weak]
    return "，".join(pieces)


_NO_REASON = frozenset({"原因", "理由", "申请", "任务", "我们", "期限", "时限", "想", "因为"})


def _whole(work: _Work, statement: Statement) -> str:
    return work.said(statement.clauses[0].start, statement.clauses[-1].end).strip(_EDGES)
