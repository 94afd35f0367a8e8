"""What the platform does to a service (WECOM.md, "Sending"): tokens taken back, errors, people it cannot reach."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from contract.conftest import FIRST_LOOK, fresh_service
from contract.machine import Served, text_xml


@pytest.fixture(scope="module")
def running(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with fresh_service(prepared, tmp_path_factory.mktemp("platform")) as served:
        served.to(FIRST_LOOK)
        yield served


def later(served: Served, **by: float) -> None:
    served.to((datetime.fromisoformat(served.clock()["now"]) + timedelta(**by)).isoformat())


def test_a_token_taken_back_is_renewed_once(served: Served) -> None:
    tokens = served.peer.calls.count("gettoken")
    served.peer.forget_tokens()
    assert "27 项" in served.phone("guixi_a").says("任务")
    assert "27 项" in served.phone("chengxi_a").says("任务")
    assert served.peer.calls.count("gettoken") == tokens + 1


@pytest.mark.parametrize("fault", [{"errcode": -1, "errmsg": "system busy"}, 502, 500])
def test_a_transient_fault_is_tried_again_with_the_same_bytes(served: Served, fault: dict[str, object] | int) -> None:
    town = served.phone("gaoan_a")
    served.peer.faults["message/send"] = [fault]  # type: ignore[list-item]
    served.deliver(text_xml("gaoan_a", "任务 35"))
    served.peer.wait(lambda: not served.peer.faults["message/send"], "the first try")
    later(served, minutes=10)
    # The answer has two parts: the second waits for the first.
    assert [message.text[:4] for message in town.new()] == ["35 政", "【牵头】", "35 政"]  # in words, and its card


def test_taken_but_the_answer_lost_is_not_shown_twice(served: Served) -> None:
    town = served.phone("gaoan_b")
    repeated = served.peer.repeated
    served.peer.lose_answers = 1
    served.deliver(text_xml("gaoan_b", "任务 35"))
    served.peer.wait(lambda: served.peer.lose_answers == 0, "the first try")
    later(served, minutes=10)
    assert [message.text[:4] for message in town.new()] == ["35 政", "【牵头】", "35 政"]  # in words, and its card
    assert served.peer.repeated == repeated + 1


def test_unreachable_in_either_form_and_back_again(served: Served) -> None:
    office = served.phone("office_1")
    for code, item in ((81013, 18), (0, 19)):  # an item is urged once a day
        served.peer.all_invalid_code = code
        served.peer.unreachable = {"xinmin_a"}
        deputy = served.phone("xinmin_b")
        assert f"已催办 {item}" in office.says(f"催办 {item} 新民镇")
        later(served, minutes=1)
        assert f"{item} " in deputy.gets()
        assert "送不到" in office.says("人员 新民镇")
        served.peer.unreachable = set()
        contact = served.phone("XinMin_A")
        assert "27 项" in contact.says("任务")  # who writes can be reached again
        assert "送不到" not in office.says("人员 新民镇")


def test_a_wrong_setting_stops_everything_and_says_what_to_mend(prepared: Path, tmp_path: Path) -> None:
    with fresh_service(prepared, tmp_path, but="delivery.halted") as served:
        served.settle()
        refusal = {"errcode": 60020, "errmsg": "not allow to access from your ip"}
        served.peer.faults["message/send"] = [refusal] * 50
        served.to(FIRST_LOOK)
        tried = served.peer.calls.count("message/send")
        assert tried <= 10  # those under way at that moment; no loop
        ready = served.http("GET", "/readyz")
        assert ready.status == 503
        assert "可信IP" in ready.body.decode()
        assert served.deliver(text_xml("guixi_a", "任务")).status == 200  # what comes in is still stored
        served.settle()
        assert served.peer.calls.count("message/send") == tried
