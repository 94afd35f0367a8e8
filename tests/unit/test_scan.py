"""Personal data and secrecy markings: found where they stand, and never kept in clear (DESIGN §3, rule 8)."""

import time
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from stdnum.cn import ric

from bot.evidence.scan import Kind, describe, redact, scan

ID = "11010519491231002X"
CARD = "6222020200112233446"


def kinds(text: str) -> list[Kind]:
    return [finding.kind for finding in scan(text)]


def full_width(digits: str) -> str:
    return "".join(chr(ord(char) + 0xFEE0) for char in digits)


@st.composite
def identity_numbers(draw: st.DrawFn) -> str:
    area = draw(st.sampled_from(["110105", "500231", "320106", "659004", "810001", "460400"]))
    born = draw(st.dates(date(1900, 1, 1), date(2030, 12, 31)))
    stem = f"{area}{born:%Y%m%d}{draw(st.integers(0, 999)):03d}"
    return stem + ric.calc_check_digit(stem + "0")


@st.composite
def spread_out(draw: st.DrawFn, number: str) -> str:
    """The number as somebody might type it: blanks, dashes, invisible characters, full-width, small x."""
    gaps = st.sampled_from(["", "", " ", ".", "．", "·", "  ", "\u3000", "-", "－", "\u200b", "\n", "\t", " - "])
    forms = st.sampled_from([str, full_width, str.lower])
    form = draw(forms)
    return form(number[0]) + "".join(draw(gaps) + form(char) for char in number[1:])


@given(
    identity_numbers(),
    st.data(),
    st.sampled_from(["", "张三 ", "完成 34 ", "身份证："]),
    st.sampled_from(["", "，请查收", " 补贴"]),
)
def test_an_identity_number_is_found_however_it_is_spaced_and_never_survives(
    number: str, data: st.DataObject, before: str, after: str
) -> None:
    text = before + data.draw(spread_out(number)) + after
    assert Kind.ID in kinds(text)
    kept = "".join(char for char in redact(text) if char.isdigit())
    assert len(kept) <= 2  # at most the item's number is left
    assert "〔已隐去身份证号〕" in redact(text)


@given(identity_numbers(), st.integers(1, 10))
def test_a_wrong_check_digit_is_no_identity_number(number: str, shift: int) -> None:
    digits = "0123456789X"
    wrong = number[:-1] + digits[(digits.index(number[-1]) + shift) % 11]
    assert Kind.ID not in kinds(f"编号 {wrong} 完")


@pytest.mark.parametrize(
    "number",
    [
        "110105194913310022",  # no thirteenth month, though the check digit fits
        "990105194912310024",
        "110105294912310020",
    ],
)
def test_eighteen_digits_without_a_birthday_or_a_province_are_no_identity_number(number: str) -> None:
    fitting = number[:-1] + ric.calc_check_digit(number)
    assert scan(fitting) == ()


@pytest.mark.parametrize(
    "text",
    [
        "110105.19491231.002X",
        "110105 1949.12.31 002X",
        "110105·19491231·002x",
        "1101 0519 4912 3100 2X",
        full_width(ID),
    ],
)
def test_an_identity_number_in_groups(text: str) -> None:
    assert kinds(f"张三，{text}，已领") == [Kind.ID]


@pytest.mark.parametrize(
    "text",
    [
        "2021.05.27 2021.11.03 18",
        "1.1.2.3.4.5.6.7.8.9.10.11.12.13",
        "渝府办发〔2021〕50号、51号",
        "1949.12.31 110105.00元",
    ],
)
def test_dots_alone_make_no_identity_number(text: str) -> None:
    assert scan(text) == ()


def test_an_identity_number_is_found_in_a_link_and_inside_a_longer_run() -> None:
    assert kinds(f"http://www.cqsdj.gov.cn/{ID}.html") == [Kind.ID]
    assert kinds(f"20211102{ID}") == [Kind.ID]


def test_the_example_of_a_list_of_names() -> None:
    text = f"13号名单：张三 {ID} {CARD} 补贴300元"
    assert redact(text) == "13号名单：张三 〔已隐去身份证号〕 〔已隐去银行卡号〕 补贴300元"
    assert describe(scan(text)) == "身份证号、银行卡号"


@pytest.mark.parametrize(
    "text",
    [
        CARD,
        "6222 0202 0011 2233 446",
        "6222-0202-0011-2233-446",
        full_width(CARD),
        "卡号4111111111111111，谢谢",
        "5500 0000 0000 0004",
        "378282246310005",
        "3530111333300000",
        f"http://www.cqsdj.gov.cn/{CARD}.html",
        f"名单_{CARD}_张三",
        "6222020200\n112233446",
    ],
)
def test_bank_cards(text: str) -> None:
    assert kinds(text) == [Kind.CARD]


@pytest.mark.parametrize(
    "text",
    [
        "6222020200112233447",  # check digit
        "1234567812345670",  # no issuer begins with 1
        "http://www.cqsdj.gov.cn/zwgk_157/t20211102_10000123.html",
        "https://m.weibo.cn/detail/4111111111111111",  # other networks' numbers are also ids of pages
        "t20211102_10000123",
        "doc_4111111111111111",
        "62345678 62345679",  # two telephones of an office
        "622202020011223344.6",
        "完成 62 22 02 02 00 11 22 33 44 6",  # a list of numbers
    ],
)
def test_no_bank_cards(text: str) -> None:
    assert scan(text) == ()


@pytest.mark.parametrize(
    "text",
    [
        "13812345678",
        "电话13812345678，",
        "138 1234 5678",
        "138-1234-5678",
        "138.1234.5678",
        "电话：138.1234.5678。",
        "138·1234·5678",
        "１３８．１２３４．５６７８",
        "138—1234—5678",
        "+86.138.1234.5678",
        "+86 138 1234 5678",
        "8613812345678",
        "0086-13812345678",
        full_width("19912345678"),
        "完成 34 http://www.cqsdj.gov.cn/a.html，13812345678",  # the link ends at the comma
        "http://www.cqsdj.gov.cn/a.html——13812345678",
    ],
)
def test_mobile_numbers(text: str) -> None:
    assert kinds(text) == [Kind.MOBILE]
    assert not any(piece in redact(text) for piece in ("1234", "5678", full_width("5678")))


@pytest.mark.parametrize(
    "text",
    [
        "023-74512345",
        "02374512345",
        "74512345",
        "023-74501234、023-74501235",
        "023 7450 1234",
        "023-7450-1234",
        "138.1234",
        "138.1234.56789",
        "2.138.1234.5678",
        "v138.1234.5678",
        "135.12345678",  # a degree of longitude
        "2021.05.27、2021.11.03",
        "垫江府办发〔2021〕138号 1234 5678",
        "投资13812.34万元、5678.90万元",
        "12013812345678",  # fourteen digits
        "12345678901",  # no such prefix
        "13812345678.90元",
        "完成 13 14 15 16 17 9",
        "http://www.cqsdj.gov.cn/13812345678.html",
        "t20211102_13812345678",
        "渝府办发〔2021〕50号，2021-11-03 12:30，12.5%",
    ],
)
def test_no_mobile_numbers(text: str) -> None:
    assert scan(text) == ()


@pytest.mark.parametrize(
    "text",
    [
        "机密★10年",
        "绝密★长期",
        "秘密☆",
        "秘 密 ★ 1 年",
        "机\u200b密★10年",
        "秘密级",
        "此件为机密级文件",
        "密级：秘密",
        "秘密 10年",
        "机密（20年）",
        "【机密】",
        "(绝密)",
        "绝密",
        "机密\n关于开展检查的通知",
        "进展 12 机密 关于开展检查的通知",
        "绝密，请勿外传",
        "进展 12 附件：机密",
    ],
)
def test_secrecy_markings(text: str) -> None:
    assert kinds(text) == [Kind.MARKING]


@pytest.mark.parametrize(
    "text",
    [
        "做好保密审查",
        "涉及商业秘密、工作秘密的不予公开",
        "商业秘密3年内不得泄露",
        "依法保护国家秘密。",
        "属于国家秘密的，不得公开",
        "保守秘密是义务",
        "绝密、机密、秘密三个等级",
        "机密级别的划分",
        "秘密进行",
        "机密文件一律不得上传",
        "《机密》",
        "时机密切相关",
    ],
)
def test_ordinary_words_are_no_markings(text: str) -> None:
    assert scan(text) == ()


def test_places_are_those_of_the_text_as_written() -> None:
    text = f"😀\u200b名单 {full_width('13812345678')} 和 {ID}"
    assert [text[finding.start : finding.end] for finding in scan(text)] == [full_width("13812345678"), ID]


def test_of_a_marked_text_nothing_is_left() -> None:
    assert redact("机密★10年 会议纪要，13812345678") == "〔全文已隐去：有手机号、密级标志〕"


def test_describing_tells_no_value() -> None:
    assert describe(()) == ""
    assert describe(scan("13812345678、13912345678、机密★10年")) == "手机号、密级标志"


NUMBERS = [ID, ID.lower(), CARD, "13812345678", full_width("138"), "1", "34", "110105", "19491231", "002X", "86", "X"]
WORDS = [
    "机密",
    "秘密",
    "★",
    "级",
    "10年",
    "密级：",
    "【",
    "】",
    "，",
    " ",
    "-",
    "_",
    ".",
    "\n",
    "\u200b",
    "http://a.cn/",
    "a",
]
PIECES = st.sampled_from([*NUMBERS, *WORDS])


@given(st.lists(PIECES, max_size=12).map("".join))
@example("13812345678.11010519491231002X")
@example(f"{CARD}.{CARD}")
@example("http://a.cn/?id=11010519491231002X&tel=13812345678")
def test_nothing_is_left_to_find_after_redaction(text: str) -> None:
    assert scan(redact(text)) == ()


@given(st.text())
def test_any_text_can_be_scanned(text: str) -> None:
    findings = scan(text)
    assert all(0 <= finding.start < finding.end <= len(text) for finding in findings)
    assert all(one.end <= other.start for one, other in pairwise(findings))


@given(identity_numbers(), st.text(alphabet="0123456789Xx -，的", max_size=40), st.text(alphabet="的， ", max_size=5))
def test_an_identity_number_in_one_piece_never_survives(number: str, before: str, after: str) -> None:
    text = f"{before}，{number}{after}"
    assert number not in redact(text)


@pytest.mark.parametrize("piece", ["1", "1 ", "62 ", "1101051949-", "机 ", "机密", "http://", "X", "138 1234 "])
def test_long_texts_take_linear_time(piece: str) -> None:
    def seconds(length: int) -> float:
        text = (piece * length)[:length]
        times = []
        for _ in range(3):
            begin = time.process_time()
            scan(text)
            times.append(time.process_time() - begin)
        return min(times)

    # Eight times the text: a quadratic search would take 64 times as long.
    assert seconds(80_000) < 32 * max(seconds(10_000), 0.005)
