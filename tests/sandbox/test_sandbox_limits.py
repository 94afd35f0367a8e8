"""The platform's rates, moment by moment."""

from datetime import timedelta

from sandbox_world import Hand

from sandbox.limits import ApiQuota, DuplicateCheck, MemberQuota


def test_a_member_gets_thirty_messages_a_minute(hand: Hand) -> None:
    quota = MemberQuota()
    assert [quota.admit("a", hand()) for _ in range(31)] == [True] * 30 + [False]
    assert quota.admit("b", hand())
    hand.turn(seconds=59)
    assert not quota.admit("a", hand())
    hand.turn(seconds=1)
    assert quota.admit("a", hand())


def test_a_member_gets_a_thousand_messages_an_hour(hand: Hand) -> None:
    quota = MemberQuota()
    for _ in range(1000):
        assert quota.admit("a", hand())
        hand.turn(seconds=3)  # 20 a minute
    assert not quota.admit("a", hand())
    hand.turn(minutes=10)
    assert quota.admit("a", hand())


def test_the_ten_thousand_and_first_call_closes_an_api_for_a_minute(hand: Hand) -> None:
    quota = ApiQuota()
    assert all(quota.admit("message/send", hand()) for _ in range(10_000))
    assert not quota.admit("message/send", hand())
    assert quota.admit("media/upload", hand())
    hand.turn(seconds=59)
    assert not quota.admit("message/send", hand())
    hand.turn(seconds=1)
    assert quota.admit("message/send", hand())


def test_too_many_calls_in_an_hour_close_an_api_for_an_hour(hand: Hand) -> None:
    quota = ApiQuota()
    hand.moment = hand.moment.replace(minute=0, second=0)
    for _ in range(15):
        assert all(quota.admit("message/send", hand()) for _ in range(10_000))
        hand.turn(minutes=1)
    assert not quota.admit("message/send", hand())
    hand.turn(minutes=59)
    assert not quota.admit("message/send", hand())
    hand.turn(minutes=1)
    assert quota.admit("message/send", hand())


def test_duplicates_are_the_same_bytes_within_the_interval(hand: Hand) -> None:
    check, half_hour = DuplicateCheck(), timedelta(seconds=1800)
    assert check.earlier(b"one", half_hour, hand()) is None
    check.remember(b"one", {"msgid": "1"}, hand())
    hand.turn(seconds=1799)
    assert check.earlier(b"one", half_hour, hand()) == {"msgid": "1"}
    assert check.earlier(b"one ", half_hour, hand()) is None
    hand.turn(seconds=1)
    assert check.earlier(b"one", half_hour, hand()) is None
