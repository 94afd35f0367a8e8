"""The callback (DESIGN §6, WECOM.md "Receiving"): what is let in, what is refused, nothing lost, nothing doubled."""

import http.client
import json
import sqlite3
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest

from contract.conftest import FIRST_LOOK, fresh_service
from contract.machine import AGENT_ID, Answer, Served, message_id, serving, text_xml
from contract.peer import CORP_ID

EMPTY = Answer(200, b"")
FORGED = Answer(403, b"")


def stored(served: Served) -> int:
    with sqlite3.connect(served.machine.home / "duban.db") as database:
        (count,) = database.execute("SELECT count(*) FROM inbox").fetchone()
    database.close()
    return int(count)


def signed_query(served: Served, sealed: str) -> str:
    values = {"timestamp": "1621904400", "nonce": "n1"}
    signature = served.peer.crypto.signature("1621904400", "n1", sealed)
    return urlencode({"msg_signature": signature, **values})


class TestVerifying:
    def test_the_url_check_is_answered_with_the_bare_words(self, served: Served) -> None:
        sealed = served.peer.crypto.encrypt("1616140317555161061")
        answer = served.http("GET", f"/wecom/callback?{signed_query(served, sealed)}&echostr={quote(sealed, safe='')}")
        assert answer == Answer(200, b"1616140317555161061")

    def test_a_raw_plus_stays_a_plus(self, served: Served) -> None:
        sealed = next(found for found in map(served.peer.crypto.encrypt, map(str, range(1000))) if "+" in found)
        answer = served.http("GET", f"/wecom/callback?{signed_query(served, sealed)}&echostr={sealed}")
        assert answer.status == 200

    def test_a_forged_check_learns_nothing(self, served: Served) -> None:
        sealed = served.peer.crypto.encrypt("1616140317555161061")
        query = urlencode({"msg_signature": "0" * 40, "timestamp": "1", "nonce": "n", "echostr": sealed})
        assert served.http("GET", f"/wecom/callback?{query}") == FORGED

    def test_an_overheard_callback_is_not_handed_back_in_clear(self, served: Served) -> None:
        sealed = served.peer.crypto.encrypt(text_xml("XinMin_A", "签收 34"))
        answer = served.http("GET", f"/wecom/callback?{signed_query(served, sealed)}&echostr={quote(sealed, safe='')}")
        assert answer == FORGED

    def test_without_echostr(self, served: Served) -> None:
        assert served.http("GET", "/wecom/callback").status == 400


class TestForgers:
    def test_a_wrong_signature_is_a_bare_403_and_leaves_nothing(self, served: Served) -> None:
        before = stored(served)
        inner = text_xml("XinMin_A", "签收 34")
        assert served.deliver(inner, msg_signature="0" * 40) == FORGED
        assert served.deliver(inner, msg_signature="") == FORGED
        assert served.deliver(inner, msg_signature="签名") == FORGED
        assert served.deliver(inner, timestamp="1621904401") == FORGED
        assert served.deliver(inner, nonce="another") == FORGED
        served.settle()
        assert stored(served) == before

    def test_a_message_for_another_corp_is_forged(self, served: Served) -> None:
        before = stored(served)
        sealed = served.peer.crypto.encrypt(text_xml("XinMin_A", "签收 34"), corp_id="wwsomebodyelse")
        body = f"<xml><Encrypt>{sealed}</Encrypt></xml>".encode()
        assert served.http("POST", f"/wecom/callback?{signed_query(served, sealed)}", body) == FORGED
        assert stored(served) == before


class TestMalformed:
    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"hello",
            b'{"Encrypt": "x"}',
            b"<xml></xml>",
            b"<xml><Encrypt></Encrypt></xml>",
            b"<xml><Encrypt>AAAA</Encrypt><Encrypt>AAAA</Encrypt></xml>",
            b"<xml><Encrypt>AAAA</Encrypt>",
            b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><xml><Encrypt>&e;</Encrypt></xml>',
            b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><xml><Encrypt>&b;</Encrypt></xml>',
            b"<xml>" + b"<a>" * 5000 + b"</a>" * 5000 + b"</xml>",
            b"<xml><Encrypt>" + b"A" * 3_000_000 + b"</Encrypt></xml>",
            "<xml><Encrypt>好</Encrypt></xml>".encode("gbk"),
            b"\xff\xfe\x00\x00",
        ],
        ids=[
            "empty", "no xml", "json", "no Encrypt", "empty Encrypt", "two Encrypt", "cut off", "outside entity",
            "entities", "deep", "huge", "gbk", "bytes",
        ],
    )  # fmt: skip
    def test_is_400_and_leaves_nothing(self, served: Served, body: bytes) -> None:
        before = stored(served)
        answer = served.http("POST", "/wecom/callback?msg_signature=a&timestamp=1&nonce=n", body)
        assert answer.status == 400
        assert stored(served) == before

    def test_an_endless_body_is_not_read_to_its_end(self, served: Served) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=20)
        try:
            connection.putrequest("POST", "/wecom/callback?msg_signature=a&timestamp=1&nonce=n")
            connection.putheader("Content-Length", str(10**12))
            connection.endheaders()
            connection.send(b"<xml>" + b"A" * 200_000)
            assert connection.getresponse().status == 400
        finally:
            connection.close()

    def test_authentic_words_that_are_no_message(self, served: Served) -> None:
        assert served.deliver("<xml><FromUserName>XinMin_A</FromUserName></xml>").status == 400
        assert served.deliver("not xml at all").status == 400

    def test_a_kind_nobody_knows_is_acknowledged_and_survived(self, served: Served) -> None:
        inner = text_xml("guixi_a", "x").replace("<MsgType>text", "<MsgType>hologram")
        assert served.deliver(inner) == EMPTY
        served.settle()
        assert "任务" in served.phone("guixi_a").says("帮助")

    def test_other_methods(self, served: Served) -> None:
        assert served.http("PUT", "/wecom/callback").status == 405


class TestOnce:
    def test_three_deliveries_are_one_act_and_one_answer(self, served: Served) -> None:
        town = served.phone("gaoan_a")
        inner = text_xml("gaoan_a", "进展 19 问答库正在梳理", message_id())
        assert [served.deliver(inner) for _ in range(3)] == [EMPTY] * 3
        served.peer.wait(lambda: bool(served.peer.inbox("gaoan_a", town.seen)), "the answer")
        served.settle()
        assert len(town.new()) == 1
        assert town.says("任务 19").count("问答库正在梳理") == 1

    def test_two_people_may_say_the_same_at_once(self, served: Served) -> None:
        one, two = served.phone("chengxi_a"), served.phone("guixi_a")
        assert "27 项" in one.says("任务")
        assert "27 项" in two.says("任务")

    def test_two_clicks_within_a_second_are_two(self, served: Served) -> None:
        """Events have no MsgId, and person and second alone would make one of two different menu entries."""
        person = served.phone("jiaowei_a")
        for key in ("任务", "帮助"):
            inner = (
                f"<xml><ToUserName>{CORP_ID}</ToUserName><FromUserName>jiaowei_a</FromUserName>"
                f"<CreateTime>1621904400</CreateTime><MsgType>event</MsgType><AgentID>{AGENT_ID}</AgentID>"
                f"<Event>click</Event><EventKey>{key}</EventKey></xml>"
            )
            assert [served.deliver(inner) for _ in range(2)] == [EMPTY] * 2
        served.settle()
        assert len(person.new()) == 2


class TestKilled:
    def test_what_was_acknowledged_is_handled_after_kill_9_and_only_once(self, prepared: Path, tmp_path: Path) -> None:
        """A web process stores and acknowledges but does not work: killed, it cannot have answered."""
        words = text_xml("XinMin_A", "签收 34", message_id())
        with fresh_service(prepared, tmp_path, DUBAN_ROLES="web") as web:
            assert web.deliver(words) == EMPTY
            assert web.deliver(words) == EMPTY
            web.kill()
            with serving(web.machine, web.peer, DUBAN_ROLES="web,worker,scheduler") as after:
                town = after.phone("XinMin_A")
                after.peer.wait(lambda: bool(after.peer.inbox("XinMin_A")), "the answer after the restart")
                after.to(FIRST_LOOK)
                assert "已签收 34" in town.new()[0].text
                after.kill()
            with serving(web.machine, web.peer, DUBAN_ROLES="web,worker,scheduler") as again:
                assert again.deliver(words) == EMPTY
                again.settle()
                assert town.new() == []
                assert again.phone("XinMin_A").says("任务 34").count(" 王一 签收") == 1

    def test_killed_in_the_middle_of_a_rush(self, prepared: Path, tmp_path: Path) -> None:
        """Every acknowledged report is in the item's history exactly once, and was answered exactly once."""
        people = ["XinMin_A", "chengxi_a", "gaoan_a", "guixi_a", "sifa_a", "caizheng_a", "jiaowei_a", "shangwu_a"]
        rush = {f"进展 {number} 第{number}轮 {user}": user for number in (19, 30, 35, 51) for user in people}
        with fresh_service(prepared, tmp_path) as first:
            first.to(FIRST_LOOK)
            with ThreadPoolExecutor(8) as pool:
                sent = {words: pool.submit(try_to_deliver, first, user, words) for words, user in rush.items()}
                first.peer.wait(lambda: any("已记录" in m.text for m in first.peer.messages), "a first answer")
                first.kill()
            acknowledged = [words for words, done in sent.items() if done.result()]
            with serving(first.machine, first.peer) as second:
                second.settle()
                answers = [m.text for m in second.peer.messages if "已记录" in m.text]
            assert first.machine.run("export", "ledger", "-o", "after.json").code == 0
            rows = json.loads((first.machine.home / "after.json").read_text(encoding="utf-8"))
        noted = Counter(entry["内容"] for row in rows for entry in row["记录"] if entry["动作"] == "进展")
        assert set(noted.values()) <= {1}, noted
        assert {words.split(" ", 2)[2] for words in acknowledged} <= set(noted)
        assert len(answers) == len(noted)


def try_to_deliver(served: Served, user: str, words: str) -> bool:
    """Whether it was acknowledged; the service may be gone."""
    try:
        return served.deliver(text_xml(user, words)) == EMPTY
    except (OSError, http.client.HTTPException):
        return False
