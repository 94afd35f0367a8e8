"""What must never change anything, said to the real service: noise, and other people's words (rule 9).

1,000 messages of noise, 10,000 with DUBAN_LONG=1; every message of the corpora that changes something, quoted and
forwarded. What is looked at is the audit: whatever changes state writes there.
"""

import os
import random
from pathlib import Path

from support.corpus import Replay, phone, replaying
from test_free_words import ACTING, AROUND, NOISE

from bot.dialogue import lexicon
from bot.dialogue.normalize import fold
from bot.dialogue.repair import repair
from bot.dialogue.verbs import spoken

MANY = 10_000 if os.environ.get("DUBAN_LONG") == "1" else 1_000
SPEAKERS = (
    *("新民镇联络员", "高安镇联络员", "沙坪镇单位负责人", "县教委联络员", "县司法局审核人"),
    *("县委网信办审核人", "县政府办公室县办", "县政府县领导", "县审计局审计"),
)
_RULES = lexicon.pattern_of((*lexicon.CHECKERS, *lexicon.RULES))
_VERBS = tuple(word for word, info in spoken() if info.changes)


def _says_nothing(text: str) -> bool:
    """No verb, no link, and nothing that could answer a question of the service."""
    plain = repair(fold(text))[0].plain
    explicit = _RULES.search(plain) or lexicon.FORECAST.search(plain) or lexicon.NONE_LEFT.search(plain)
    return not explicit and not any(word in plain for word in _VERBS) and plain.strip() not in ("", "1")


async def _audited(replay: Replay) -> int:
    (row,) = await replay.world.rows("SELECT count(*) AS n FROM audit")
    return int(row.n)


async def _hears(replay: Replay, lines: list[tuple[str, str]]) -> None:
    """Everybody says their line, side by side."""
    for who, text in lines:
        sent = await replay.world.platform.say(phone(replay.world, who).userid, text)
        assert sent.state == "sent", (text, sent.error)
    await replay.world.service.worker.drain()


async def test_noise_never_raises_and_never_changes_anything(tmp_path: Path) -> None:
    chance = random.Random(2021)
    alphabet = NOISE + "0123456789" * 8 + "，。、；：？！ \n（）“”「」-—/.号项第😂[]" * 3
    async with replaying(tmp_path) as replay:
        before = await _audited(replay)
        said = 0
        while said < MANY:
            texts = ["".join(chance.choices(alphabet, k=chance.randint(2, 40))) for _ in SPEAKERS]
            lines = [(who, text) for who, text in zip(SPEAKERS, texts, strict=True) if _says_nothing(text)]
            await _hears(replay, lines)
            said += len(lines)
            assert await _audited(replay) == before, lines
        (trouble,) = await replay.world.rows("SELECT count(*) AS n FROM inbox WHERE state <> 'done'")
        assert trouble.n == 0
        (answers,) = await replay.world.rows(
            "SELECT count(DISTINCT substr(key, 1, length(key) - 2)) AS n FROM outbox WHERE key LIKE 'reply:%'"
        )
        assert answers.n >= said * 0.99  # one answer each; the rest are in several parts


async def test_what_others_said_changes_nothing_in_the_service(tmp_path: Path) -> None:
    chance = random.Random(11)
    async with replaying(tmp_path) as replay:
        before = await _audited(replay)
        for row in ACTING:
            own = row.utterance.split("\n- - -")[-1].lstrip("- \n")
            for around in chance.sample(AROUND, 2):
                text = around.replace("{}", own)
                await _hears(replay, [(row.sender, text)])
                assert await _audited(replay) == before, text
                waiting = await replay.world.rows("SELECT kind FROM context")
                assert not waiting, (text, waiting)  # nor is it offered
