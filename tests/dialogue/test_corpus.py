"""How people really write: two corpora, replayed through the real service on 2021-11-03.

`corpus.tsv` is what the rules were made with. `corpus_aside.tsv` are the last two rounds of messages that were written,
and committed, before the rules that first read them; the README has the figures of those first runs. What they
brought to light has been mended since, in general terms, so that here they only guard against falling back.
"""

from pathlib import Path

import pytest
from support.corpus import Outcome, Row, replaying, rows

HERE = Path(__file__).parent
ASIDE = rows(HERE / "corpus_aside.tsv")
KNOWN = rows(HERE / "corpus.tsv")
PARTS = 4  # of the known corpus, for machines with several processors


async def outcomes(folder: Path, messages: list[Row]) -> list[Outcome]:
    async with replaying(folder) as replay:
        return [await replay.run(message) for message in messages]


def told(found: list[Outcome]) -> str:
    return "\n".join(f"{o.row.sender}：{o.row.utterance!r} 应为 {o.row.effect}，实为 {sorted(o.after)}" for o in found)


@pytest.mark.parametrize("part", range(PARTS))
async def test_the_known_corpus(part: int, tmp_path: Path) -> None:
    found = await outcomes(tmp_path, KNOWN[part::PARTS])
    assert not [o for o in found if o.wrong], told([o for o in found if o.wrong])
    assert all(o.done for o in found), told([o for o in found if not o.done])
    assert all(o.sensible for o in found), told([o for o in found if not o.sensible])
    strays = [o for o in found if _of_others(o)]
    assert not strays, told(strays)


def _of_others(outcome: Outcome) -> bool:
    """Did a contact's words change another unit's item?"""
    unit = outcome.row.sender.removesuffix("联络员")
    said_by_contact = outcome.row.sender.endswith("联络员")
    touched = {more for act, _, more in outcome.after if act != "extend" and more}
    return said_by_contact and bool(touched - {unit})


async def test_the_set_aside_corpus(tmp_path: Path) -> None:
    found = await outcomes(tmp_path, ASIDE)
    should = [o for o in found if o.row.wanted]
    assert sum(o.done for o in should) / len(should) >= LEAST_DONE
    assert sum(o.sensible for o in found) / len(found) >= LEAST_SENSIBLE
    assert not [o for o in found if o.wrong], told([o for o in found if o.wrong])


LEAST_DONE = LEAST_SENSIBLE = 0.98


async def test_a_question_goes_on_after_a_restart(tmp_path: Path) -> None:
    async with replaying(tmp_path) as replay:
        town = "新民镇联络员"
        assert "哪一项" in await replay.say(town, "舆情完成了")
        await replay.world.restart()
        assert "已提交 24" in await replay.say(town, "24")
        assert "确认" in await replay.say(town, "26号搞归一了")
        await replay.world.restart()
        assert "已取消" in await replay.say(town, "取消")
        assert "没有等待确认" in await replay.say(town, "确认")


def test_the_corpora_are_large_and_apart() -> None:
    assert len(KNOWN) + len(ASIDE) >= 400
    assert len(ASIDE) * 5 >= len(KNOWN)
    done = [{(row.before, row.utterance) for row in rows if row.effect != "-"} for rows in (KNOWN, ASIDE)]
    assert not done[0] & done[1]
