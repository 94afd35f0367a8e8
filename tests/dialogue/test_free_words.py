"""What holds for every message in free words (rule 9)."""

import random
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.corpus import replaying, rows

from bot.dialogue import lexicon
from bot.dialogue.commands import parse
from bot.dialogue.free import Reading, understand
from bot.dialogue.intents import Command, Kind, Target
from bot.dialogue.lexicon import CHECKERS, RULES, Rule
from bot.dialogue.names import Names
from bot.dialogue.normalize import fold
from bot.dialogue.repair import repair
from bot.dialogue.speaker import Speaker
from bot.dialogue.titles import Book, Entry
from bot.dialogue.verbs import CHANGING, Verb

TODAY = date(2021, 11, 3)
MESSAGES = [*rows(Path(__file__).parent / "corpus.tsv"), *rows(Path(__file__).parent / "corpus_aside.tsv")]
ACTING = [row for row in MESSAGES if row.wanted]
BOOK = Book(
    (
        Entry(Target(9), "预决算信息"),
        Entry(Target(21), "政务舆情"),
        Entry(Target(34), "法治政府建设年度报告"),
        Entry(Target(35), "政府网站、政务新媒体"),
        Entry(Target(51), "加强政务公开工作培训、考核评估"),
    )
)
TOWN = Speaker(frozenset({"新民镇"}), topic=Target(35), book=BOOK)
OFFICE = Speaker(checks=True, office=True, sees_all=True, book=BOOK)
NOISE = (
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应"
    "开它合还因由其些然前外天政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通并提直题党程展五果料象员革位入常文总次品式活设及管特件长"
    "求老头基资边流路级少图山统接知较将组见计别她手角期根论运农指几九区强放决西被干做必战先回则任取据处队南给色光门即保治北造百规热领七海口东导器压志世金增争济阶油思术极交受联什认六共权收证改清己美再采转更单风切打白"
    "教速花带安场身车例真务具万每目至达走积示议声报斗完类八离华名确才科张信马节话米整空元况今集温传土许步群广石记需段研界拉林律叫且究观越织装影算低持音众书布复容儿须际商非验连断深难近矿千周委素技备半办青省列习响约支"
)


def _speak(text: str, names: Names, speaker: Speaker) -> Reading:
    return understand(text, names, TODAY, speaker)


@pytest.mark.parametrize("rule", [*CHECKERS, *RULES], ids=lambda rule: rule.name)
def test_every_rule_reads_its_example(rule: Rule) -> None:
    assert rule.words.search(repair(fold(rule.example))[0].plain)


def test_names_of_rules_are_their_own() -> None:
    assert len({rule.name for rule in (*CHECKERS, *RULES)}) == len(CHECKERS) + len(RULES)


@pytest.mark.parametrize("speaker", [TOWN, OFFICE], ids=["town", "office"])
def test_noise_never_raises_and_never_acts(names: Names, speaker: Speaker) -> None:
    """10,000 messages of common characters, digits and signs, from which whatever a rule knows was taken."""
    chance = random.Random(4)
    alphabet = NOISE + "0123456789" * 8 + "，。、；：？！ \n（）“”「」-—/.号项第" * 3
    told = lexicon.pattern_of((*CHECKERS, *RULES))
    for _ in range(5_000):
        text = "".join(chance.choices(alphabet, k=chance.randint(1, 60)))
        reading = _speak(text, names, speaker)
        if reading.acts:
            plain = repair(fold(text))[0].plain
            explicit = told.search(plain) or lexicon.FORECAST.search(plain) or lexicon.NONE_LEFT.search(plain)
            assert explicit or "http" in plain, text
            assert not any(said.certain and not said.command.targets and not said.command.all for said in reading.acts)


QUIET = st.text(
    alphabet="0123456789号项第、，。-—/ \n新民镇县教委今天开会请各位科室指示栏目年度舆情我们这那个", max_size=60
)


@given(QUIET)
@settings(max_examples=300)
def test_without_an_explicit_verb_nothing_is_asked_for(names: Names, text: str) -> None:
    assert not _speak(text, names, TOWN).acts


@given(st.text(max_size=120))
@settings(max_examples=300)
def test_any_text_is_read(names: Names, text: str) -> None:
    for speaker in (TOWN, OFFICE, Speaker()):
        _speak(text, names, speaker)


def test_who_reports_for_nobody_and_checks_nothing_acts_on_nothing(names: Names) -> None:
    supervisor = Speaker(sees_all=True, book=BOOK)
    assert not any(_speak(row.utterance, names, supervisor).acts for row in ACTING)


AROUND = [
    "「王娟：{}」\n- - - - - - - - - - - - - - -\n在吗",
    "转发：{}",
    "【县府办】{}",
    "群里说{}",
    "他说{}",
    "张三：{}",
    "> {}",
    "------ 转发 ------\n{}",
    "县府办通知：{}",
    "王娟 10:32\n{}",
    "#接龙\n1. 沙坪镇 {}\n2. 高安镇 {}",
]


@pytest.mark.parametrize("around", AROUND)
def test_what_others_said_changes_nothing(around: str, names: Names) -> None:
    """Quoting or forwarding any message that would change something."""
    for row in ACTING:
        text = around.replace("{}", row.utterance.split("\n- - -")[-1].lstrip("- \n"))
        strict = parse(text, names, TODAY)
        assert not (isinstance(strict, Command) and strict.verb in CHANGING - {Verb.ACK}), text
        reading = _speak(text, names, replace(TOWN, topic=None))
        assert not reading.acts, (text, reading.trace)
        assert reading.kind is (Kind.GREETING if "在吗" in around else Kind.QUOTE), text


@pytest.mark.parametrize("end", ["吗？", "了没有？", "没得？", "？"])
def test_a_question_changes_nothing(end: str, names: Names) -> None:
    for number in (21, 34, 35):
        for act in ("搞完", "弄归一", "公开", "办结", "签收", "延期到11月20日"):
            reading = _speak(f"{number}号{act}{end}", names, TOWN)
            assert not reading.acts


def test_a_message_is_explained(names: Names) -> None:
    reading = _speak("三十五号搞归一了，21号还在会签", names, TOWN)
    told = "\n".join(reading.trace)
    assert re.search("三十五→35", told) and "搞归一" in told and "还在办" in told


async def test_noise_and_other_units_through_the_service(tmp_path: Path) -> None:
    chance = random.Random(9)
    alphabet = NOISE + "0123456789" * 8 + "，。、 号"
    async with replaying(tmp_path) as replay:
        row = MESSAGES[0]
        for _ in range(60):
            text = "".join(chance.choices(alphabet, k=chance.randint(1, 40)))
            quiet = await replay.run(replace(row, before=(), utterance=text, then="", effect="-", says=""))
            assert not quiet.after, text
            assert quiet.answers.strip()
        for act in ("已完成35号", "35号搞完了", "签收35号", "35号报错了，撤回", "35号申请延期到11月20日，人手不够"):
            for words in (f"高峰镇{act}", f"高峰镇的{act}", f"帮高峰镇报{act}"):
                other = replace(row, before=(), utterance=words, then="确认", effect="-", says="")
                assert "高峰镇" not in {unit for _, _, unit in (await replay.run(other)).after}, words
