"""The table of error classes, and what the operator is told."""

import pytest

from bot.wecom.errors import ErrorClass, PlatformError, WecomError, advice, classify

TABLE = {
    ErrorClass.OK: [0],
    ErrorClass.TRANSIENT: [-1, 45033, 45035],
    ErrorClass.TOKEN: [40014, 42001],
    ErrorClass.RATE: [45009],
    ErrorClass.SETTINGS: [40001, 40013, 40056, 41001, 48001, 48002, 48009, 50001, 60011, 60020, 301002],
    ErrorClass.RECIPIENT: [81013, 40003, 40031, 46004, 60111, 82001, 82002, 82003],
    ErrorClass.CONTENT: [40007, 40008, 40033, 40035, 40058, 44004, 45001, 45002, *range(40016, 40028), 86001, 86004],
}


@pytest.mark.parametrize(("cls", "codes"), TABLE.items())
def test_table(cls: ErrorClass, codes: list[int]) -> None:
    assert {classify(code) for code in codes} == {cls}


def test_an_unknown_code_is_final() -> None:
    assert classify(99999) is ErrorClass.CONTENT


@pytest.mark.parametrize("code", TABLE[ErrorClass.SETTINGS])
def test_every_settings_code_has_its_own_cure(code: int) -> None:
    assert str(code) not in advice(code)
    assert "\n" not in advice(code)


def test_the_commonest_cures() -> None:
    assert "可信IP" in advice(60020)
    assert "WECOM_SECRET" in advice(40001)
    assert "99999" in advice(99999)


def test_error_says_code_and_class() -> None:
    error = WecomError(60020, "not allow to access from your ip")
    assert isinstance(error, PlatformError)
    assert (error.cls, str(error)) == (ErrorClass.SETTINGS, "企业微信返回错误 60020：not allow to access from your ip")
