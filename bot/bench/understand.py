"""How long it takes to understand a message, and what the rules weigh in memory."""

import os
from dataclasses import replace
from datetime import date
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter

from bot.bench import machine
from bot.bench.county import NAME
from bot.bench.processes import resident_mb
from bot.bench.report import BenchError, Report, verdict
from bot.documents.county import load_county
from bot.domain.responsibility import Directory, GroupName, UnitName

ROUNDS = 20
AIM_MS = 5.0
AIM_MB = 60.0
TODAY = date(2021, 11, 3)


def measure(rounds: int = ROUNDS) -> Report:
    """Every example of the verbs and of the rules of free words, read `rounds` times as a contact's message."""
    about = machine.describe(Path.cwd())
    county = load_county(NAME)
    before = resident_mb(os.getpid(), "VmRSS")
    # Imported here: what they and their tables weigh is one of the two figures.
    from bot.dialogue.commands import parse
    from bot.dialogue.free import understand
    from bot.dialogue.intents import NotUnderstood, Target
    from bot.dialogue.lexicon import CHECKERS, RULES
    from bot.dialogue.names import Names
    from bot.dialogue.speaker import Speaker
    from bot.dialogue.titles import Book, Entry
    from bot.dialogue.verbs import VERBS

    units = tuple(UnitName(number, unit.name, unit.aliases) for number, unit in enumerate(county.units))
    number_of = {unit.name: unit.id for unit in units}
    groups = tuple(GroupName(g.name, g.aliases, tuple(number_of[m] for m in g.members)) for g in county.groups)
    names = Names.of(Directory(units, groups, frozenset()), stems=True)
    entries = tuple(Entry(Target(task.number), task.item) for task in county.task_list.tasks)
    speaker = Speaker(frozenset({"新民镇"}), topic=Target(35))
    messages = [info.example for info in VERBS] + [rule.example for rule in (*CHECKERS, *RULES)]
    taken: list[float] = []
    for message in messages * rounds:
        started = perf_counter()
        if isinstance(parse(message, names, TODAY), NotUnderstood):
            # The titles a person may mean are looked up anew for each message.
            understand(message, names, TODAY, replace(speaker, book=Book(entries)))
        taken.append((perf_counter() - started) * 1000)
    after = resident_mb(os.getpid(), "VmRSS")
    if before is None or after is None:
        raise BenchError("这台机器上读不到进程占用的内存（没有 /proc）")
    weight = after - before
    middle, slow = median(taken), quantiles(taken, n=100)[98]
    figures = {
        "messages": len(taken),
        "median_ms": round(middle, 2),
        "p99_ms": round(slow, 2),
        "max_ms": round(max(taken), 2),
        "memory_mb": round(weight, 1),
    }
    lines = (
        f"读懂一条消息（{len(messages)} 种，共 {len(taken)} 条）：中位 {middle:.2f} 毫秒"
        f"{verdict(middle < AIM_MS, f'{AIM_MS:g} 毫秒以内')}，99% 在 {slow:.2f} 毫秒以内，最长 {max(taken):.2f} 毫秒",
        f"规则和词表占内存 {weight:.1f} MB{verdict(weight < AIM_MB, f'{AIM_MB:g} MB 以内')}",
    )
    return Report("understand", about, figures, lines)
