"""How contacts really write (utterances.tsv): nothing may change where the table says that nothing does."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.dialogue.intents import Command, NotUnderstood
from bot.dialogue.verbs import CHANGING, Verb

Say = Callable[[str], Command | NotUnderstood]

with (Path(__file__).parent / "utterances.tsv").open(encoding="utf-8", newline="") as file:
    ROWS = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))

UNDERSTOOD: dict[str, Callable[[Command], bool]] = {
    "收到，谢谢": lambda said: said.verb is Verb.ACK,
    "好的，马上落实": lambda said: said.verb is Verb.ACK,
    "1.新民镇 收到\\n2.沙坪镇 收到\\n3.周嘉镇 收到": lambda said: said.verb is Verb.ACK and not said.targets,
    "「高峰镇王娟：18号已完成」\\n- - - - - -\\n收到": lambda said: said.verb is Verb.ACK and not said.targets,
    "/完成 18 19 21": lambda said: said.verb is Verb.SUBMIT and not said.many and len(said.targets) == 3,
    "４号任务已上传，链接：http://www.cqsdj.gov.cn/zwgk_157/t20211102_10000123.html，请查收": lambda said: (
        said.verb is Verb.SUBMIT and len(said.links) == 1 and said.links[0].endswith("123.html")
    ),
    "申请延期到11月20日，21号，原因：网信办机制文件还在会签": lambda said: (
        said.verb is Verb.EXTEND and str(said.when) == "2021-11-20" and said.text == "网信办机制文件还在会签"
    ),
    "退回34号 高安镇，链接打不开": lambda said: said.verb is Verb.RETURN and said.units == ("高安镇",),
}
"""The exact commands and near misses of the table; the other rows that change something need free wording."""


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["utterance"][:20])
def test_an_utterance(row: dict[str, str], say: Say) -> None:
    said = say(row["utterance"].replace("\\n", "\n"))
    acts = isinstance(said, Command) and said.verb in CHANGING
    effect = row["effect"]
    if effect.startswith("none; asks for the link"):
        # An explicit 完成 of an item that has publishing paths: without a link it stays a question of the service.
        assert not acts or (said.verb is Verb.SUBMIT and not said.links)
    elif effect.startswith("none; shows") and "确认" in effect:
        assert not acts or (isinstance(said, Command) and said.many)
    elif effect.startswith(("none", "refused")):
        assert not acts
    if row["utterance"] in UNDERSTOOD:
        assert isinstance(said, Command)
        assert UNDERSTOOD[row["utterance"]](said)


def test_every_expectation_is_in_the_table() -> None:
    assert set(UNDERSTOOD) <= {row["utterance"] for row in ROWS}
