"""What the office reads while a notice becomes a list: the preview, the questions, what was stored. Pure."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Protocol

from bot.domain.difference import Change, Difference, Field, days
from bot.domain.draft import DraftRow, Question
from bot.domain.settled import LEADS, LONGEST, NO_DATE, SKIPPED, Reach, Settled, Trouble, Unclear
from bot.texts.fit import ANSWER_BYTES, clip, size
from bot.texts.pages import Block, Listing
from bot.texts.words import day, names, short

PARTS = 6  # of each kind of change
SCREEN_LINES = 21  # of one message on a phone, with a file behind it
LINE = 32  # half characters of a phone's line
HOW_TO_ANSWER = "答题请回复：答 题号 内容（或备选序号、跳过）"
NO_DRAFT = "没有正在导入的清单。请先把通知文件（docx、xlsx、html 或 txt）发到这里。"
NO_QUESTIONS = "没有待答的问题。"
DROPPED = "已取消导入，什么都没有存。"
ONE_OF_BOTH = (
    "文件 {name} 读起来是一份任务清单（{rows} 行），我刚才又在等一项的佐证，分不清您的意思，什么都没有改。\n"
    "作那一项的佐证请回复：佐证\n导入清单请回复：导入"
)
READING = "收到文件 {name}，内容较多，正在读，请稍等……"
MOVED_ON = "刚才看过之后，清单有了变动，请再看一遍：\n"
LONG_AGO = "这份清单是 {when} 发来的，隔得久了，请再看一遍：\n"
TAKES_LONG = "这份文件半分钟还没有读完，没有导入。请只留任务清单的部分，另存为 .docx 或 .xlsx 再发。"
OTHER_NOTICE = "这张答题表不是现在这份清单的，什么都没有改。请重新发通知文件，再用随后发来的答题表。"
NOTHING_IN_SHEET = "答题表里没有填“答复”，什么都没有改。"


class Owner(Protocol):
    """What the texts need of a draft as it stands."""

    @property
    def settled(self) -> Settled: ...
    @property
    def reach(self) -> Reach: ...
    @property
    def questions(self) -> tuple[Question, ...]: ...
    @property
    def waiting(self) -> list[tuple[int, Question]]: ...


def preview(now: Owner, first: int, sheet: bool) -> str:
    """A new list in one message that a phone shows at once. `first`: the number its first row will get; `sheet`: a
    file to fill in follows."""
    rows, settled = now.settled.draft.rows, now.settled
    head = [_title(settled), _counts(now, first)]
    if undated := sum(1 for row in rows if not row.nodes and row.number not in settled.held):
        head.append(f"没有写时限的 {undated} 行按 {day(settled.report_date)}。")
    foot = "交办请回复：交办；不要请回复：取消"
    parts = ((3, 3), (3, 2), (2, 2), (1, 2), (1, 1), (0, 1))
    texts = (
        [*head, *_rows(settled, first, listed), *_errors(settled), *_waiting(now, asked, sheet), foot]
        for listed, asked in parts
    )
    return _fitting(texts)


def correction(now: Owner, title: str, found: Difference, sheet: bool) -> str:
    """What a corrected notice would change, before anything is changed."""
    head = [f"《{short(title, 30)}》先前已经导入，这一份有改动："]
    foot = ["已销号的、延过期的不变，单位办过的都保留。", "更正请回复：确认；不要请回复：取消"]
    parts = ((PARTS, 2, 24), (4, 1, 20), (3, 1, 16), (2, 1, 12), (1, 0, 10), (0, 0, 10))
    texts = (
        [*head, *changes(found, now.settled.report_date, most, width), *_waiting(now, asked, sheet), *foot]
        for most, asked, width in parts
    )
    return _fitting(texts)


def _fitting(texts: Iterable[Sequence[str]]) -> str:
    """The first that a phone shows without scrolling and the platform takes, else the last and shortest."""
    text = ""
    for lines in texts:
        text = "\n".join(lines)
        if size(text) <= ANSWER_BYTES and sum(-(-_width(line) // LINE) or 1 for line in lines) <= SCREEN_LINES:
            break
    return text


def _width(line: str) -> int:
    """In half characters."""
    return sum(1 if char.isascii() else 2 for char in line)


def changes(found: Difference, report_date: date, most: int = 1000, width: int = 40) -> list[str]:
    lines: list[str] = []
    if found.added:
        lines += _some(f"＋ 新增 {len(found.added)} 行", (short(row.item, width) for row in found.added), most)
    if found.removed:
        gone = (f"{old.number} {short(old.item, width)}" for old in found.removed)
        lines += _some(f"－ 删去 {len(found.removed)} 行（未销号的撤销）", gone, most)
    if found.changed:
        said = (_change(change, report_date, width) for change in found.changed)
        lines += _some(f"～ 改动 {len(found.changed)} 行", said, most)
    return lines


def _some(head: str, lines: Iterable[str], most: int) -> list[str]:
    every = list(lines)
    rest = [f"　……另有 {len(every) - most} 行"] if len(every) > most else []
    return [f"{head}：", *(f"　{line}" for line in every[:most]), *rest]


def _change(change: Change, report_date: date, width: int) -> str:
    old, row = change.stored, change.row
    said = []
    for field in change.fields:
        if field is Field.DEADLINE:
            before = "、".join(day(node.due) for node in old.due)
            said.append(f"时限 {before} → {'、'.join(map(day, days(row, report_date)))}")
        elif field is Field.RESPONSIBLE:
            said.append(
                f"责任单位 {short(old.responsible or '（空）', width)} → {short('、'.join(row.responsible), width)}"
            )
        elif field is Field.LEAD:
            said.append(f"牵头单位 {short(old.lead or '（空）', width)} → {short('、'.join(row.lead), width)}")
        elif field is Field.ITEM:
            said.append(f"事项名称 → {short(row.item, width)}")
        else:
            said.append(str(field))
    return f"{old.number} {short(old.item, width)}：{'；'.join(said)}"


def report(settled: Settled) -> list[str]:
    """Everything that was read, for a terminal: rows in order, what is asked, what could not be read."""
    draft = settled.draft
    issued = f"{day(draft.issue_date)} 印发" if draft.issue_date else "没有印发日期"
    about = "，".join(filter(None, [draft.doc_no, f"{draft.year} 年", issued]))
    lines = [f"《{draft.title}》（{about}），{len(draft.rows)} 行"]
    for row in draft.rows:
        due = "、".join(map(day, days(row, settled.report_date)))
        held = settled.held.get(row.number)
        who = f"牵头 {'、'.join(row.lead) or '（空）'}，责任 {'、'.join(row.responsible) or '（空）'}"
        recurs = f"，{row.recurrence}" if row.recurrence else ""
        when = f"{held}待定" if held else due
        lines.append(f"{row.number:>4} {row.item or '（没有事项名称）'}｜{who}｜{when}{recurs}")
    if settled.open:
        lines.append(f"要问的 {len(settled.open)} 个：")
        lines += [f"  · {question.text}" for question in settled.open]
    if draft.errors:
        lines.append(f"没读出来的 {len(draft.errors)} 处：")
        lines += [f"  · {error}" for error in draft.errors]
    return lines


def _span(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}–{last}"


def unchanged(title: str, first: int, last: int, open_questions: int) -> str:
    tail = f"\n还有 {open_questions} 个问题待定，回复：问题" if open_questions else ""
    return f"《{short(title, 40)}》先前已经导入（{_span(first, last)} 号），内容没有变化，什么都没有改。{tail}"


def _title(settled: Settled) -> str:
    number = f"（{settled.draft.doc_no}）" if settled.draft.doc_no else ""
    return f"《{short(settled.draft.title, 50)}》{number}"


def _counts(now: Owner, first: int) -> str:
    rows = len(now.settled.draft.rows)
    waits = f"，{now.reach.waiting} 行待明确" if now.reach.waiting else ""
    span = _span(first, first + rows - 1)
    return f"共 {rows} 行（编为 {span} 号），可交办 {now.reach.units} 个单位 {now.reach.items} 项{waits}。"


def _rows(settled: Settled, first: int, most: int) -> list[str]:
    if not most:
        return []
    shown = [_row(row, settled, first + at) for at, row in enumerate(settled.draft.rows[:most])]
    rest = len(settled.draft.rows) - len(shown)
    return [*shown, *([f"……另有 {rest} 行"] if rest else [])]


def _row(row: DraftRow, settled: Settled, number: int) -> str:
    due = "时限待定" if row.number in settled.held else _brief(days(row, settled.report_date)[-1], settled.draft.year)
    who = names(row.responsible, 2, "家") or "责任单位空缺"
    who = "牵头单位办" if who.strip("—_-－ ") == "" else who
    return f"· {number} {short(row.item or '（没有事项名称）', 14)}｜{short(who, 12)}｜{due}"


def _brief(value: date, year: int) -> str:
    return f"{value.month}月{value.day}日" if value.year == year else day(value)


def _errors(settled: Settled) -> list[str]:
    errors = settled.draft.errors
    return [f"没读出来的 {len(errors)} 处：{clip(errors[0], 120)}"] if errors else []


def _waiting(now: Owner, most: int, sheet: bool) -> list[str]:
    waiting = now.waiting
    if not waiting:
        return []
    lines = [f"要您定的问题 {len(waiting)} 个（定之前只交办已知的）："]
    for number, question in waiting[:most]:
        lines += asked(number, question)
    lines.append(f"{HOW_TO_ANSWER}{'，或填好答题表发回' if sheet else ''}。")
    return [*lines, *(["看全部问题请回复：问题"] if len(waiting) > most else [])]


def asked(number: int, question: Question, answer: str | None = None) -> list[str]:
    """One question with its candidates by number, and what was answered so far."""
    lines = [f"{number}. {clip(question.text, 180)}"]
    if answer is not None:
        lines.append(f"　已答：{said(answer)}")
    elif question.candidates:
        offered = [f"［{at}］{name}" for at, name in enumerate(question.candidates[:6], 1)]
        together = "　" + " ".join(offered)
        lines += [together] if _width(together) <= LINE else [f"　{one}" for one in offered]
    return lines


def said(answer: str) -> str:
    """An answer as people call it."""
    return {SKIPPED: "跳过（以后再定）", NO_DATE: "没有写时限", LEADS: "牵头单位"}.get(answer, answer)


def questions(title: str, every: Sequence[tuple[int, Question]], answers: dict[str, str]) -> Listing:
    """问题: all of them, those that wait first."""
    if not every:
        return Listing(NO_QUESTIONS)
    order = sorted(every, key=lambda one: (one[1].key in answers, one[0]))
    blocks = []
    for number, question in order:
        head, *rest = asked(number, question, answers.get(question.key))
        blocks.append(Block(head, tuple(rest)))
    waiting = sum(1 for _, question in every if question.key not in answers)
    return Listing(f"《{short(title, 30)}》的问题 {len(every)} 个，待答 {waiting} 个", tuple(blocks), HOW_TO_ANSWER)


def answered(given: Sequence[tuple[int, str]], problems: Sequence[str], now: Owner, last: str) -> str:
    """What was kept of some answers, what was not, the next question, and the next step."""
    lines = []
    if given:
        lines.append(f"已记：{names((f'{number}＝{short(said(answer), 40)}' for number, answer in given), 8, '题')}")
    lines += [clip(problem, 300) for problem in problems[:5]]
    if now.waiting:
        number, question = now.waiting[0]
        lines += [f"还有 {len(now.waiting)} 题。下一题：", *asked(number, question)]
    lines.append(last)
    return "\n".join(lines)


def next_step(now: Owner, correcting: bool) -> str:
    do = "确认" if correcting else "交办"
    return f"现在可交办 {now.reach.units} 个单位 {now.reach.items} 项。{do}请回复：{do}"


def unclear(number: int, question: Question, found: Unclear, near: Sequence[str]) -> str:
    """Why words are no answer to this question, and what would be."""
    what = {
        Trouble.EMPTY: "没有写答复",
        Trouble.NO_CANDIDATE: f"没有第 {found.words} 个备选",
        Trouble.ONE_ONLY: "只能选一个",
        Trouble.UNKNOWN_UNIT: f"不认识单位“{short(found.words, 30)}”" + (f"，是不是“{near[0]}”？" if near else ""),
        Trouble.NO_DAY: f"“{short(found.words, 20)}”不是确定的日期，请写成 2026-06-30",
        Trouble.NO_YEAR: "请写四位数的年份，如 2026",
        Trouble.TOO_LONG: f"太长（最多 {LONGEST.get(question.about, 1000)} 字）",
    }[found.trouble]
    return f"第 {number} 题没有记：{what}。"


def stored(title: str, first: int, last: int, dispatched: int, waiting: int, units: Sequence[str], open_: int) -> str:
    lines = [
        f"已导入《{short(title, 40)}》，编为 {_span(first, last)} 号，交办 {dispatched} 项，随下一次晨报告知各单位。",
        *_left(waiting, open_),
        *new_units(units),
    ]
    return "\n".join(lines)


def _left(waiting: int, open_: int) -> list[str]:
    lines = [f"{waiting} 行待明确，不明确的部分没有交办。"] if waiting else []
    return [*lines, f"还有 {open_} 个问题以后再定，回复：问题"] if open_ else lines


def new_units(units: Sequence[str]) -> list[str]:
    if not units:
        return []
    return [f"新单位 {names(units, 8)} 已建，不属于任何分组；请管理员用 duban roster 补上联络员。"]


def corrected(
    title: str,
    added: tuple[int, int] | None,
    dispatched: int,
    cancelled: int,
    moved: int,
    units: Sequence[str],
    open_: int,
) -> str:
    done = [f"新增 {_span(*added)} 号"] if added else []
    done += [f"新交办 {dispatched} 项"] if dispatched else []
    done += [f"撤销 {cancelled} 项"] if cancelled else []
    done += [f"改时限 {moved} 项"] if moved else []
    lines = [f"《{short(title, 40)}》已更正：{'，'.join(done) or '文字已更新'}。有关单位随下一次晨报得知。"]
    return "\n".join([*lines, *_left(0, open_), *new_units(units)])


def settled_now(
    given: Sequence[tuple[int, str]], problems: Sequence[str], dispatched: int, moved: int, open_: int
) -> str:
    """An answer to a list that is stored already works at once."""
    lines = []
    if given:
        done = [f"新交办 {dispatched} 项" if dispatched else "", f"改时限 {moved} 项" if moved else ""]
        became = "，".join(filter(None, done)) or "没有新的交办"
        lines.append(
            f"已记：{names((f'{number}＝{short(said(answer), 40)}' for number, answer in given), 8, '题')}。{became}。"
        )
    lines += [clip(problem, 300) for problem in problems[:5]]
    lines.append(f"还有 {open_} 个问题，回复：问题" if open_ else "问题都定了。")
    return "\n".join(lines)
