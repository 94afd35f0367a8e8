"""What stands inside the files people send (DESIGN §3, rule 8). Hostile files end in a plain verdict."""

import io
import random
import time

import pytest
from pypdf import PdfReader, PdfWriter
from support import files

from bot.evidence.contents import NotReadable, Trouble, look_into

ID = "11010519491231002X"
MOBILE = "13812345678"


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (files.docx("补贴名单", f"张三 {ID}"), "身份证号"),
        (files.docx("【机密】", "会议纪要"), "密级标志"),
        (files.xlsx("姓名", "电话", MOBILE), "手机号"),
        (files.xlsx("电话", 13812345678), "手机号"),  # typed as a number
        (files.pdf(f"Zhang San {ID}"), "身份证号"),
        (files.pdf(f"Zhang San {MOBILE}", owner="only printing is locked"), "手机号"),
        (f"姓名,电话\n张三,{MOBILE}\n".encode(), "手机号"),
        (f"姓名,电话\n张三,{MOBILE}\n".encode("gb18030"), "手机号"),
        (f"姓名\t电话\n张三\t{MOBILE}\n".encode("utf-16"), "手机号"),
        ("<html><body>张三 <b>138</b><i>12345678</i></body></html>".encode(), "手机号"),
    ],
)
def test_personal_data_and_markings_are_found_inside(data: bytes, found: str) -> None:
    assert look_into(data) == (found,)


@pytest.mark.parametrize(
    "data",
    [
        files.docx("政策咨询电话：023-74501234", "公开时间：2021-05-27", "渝府办发〔2021〕50号"),
        files.xlsx(74501234, "023-74501234", 20210527, 1234567.89, 500231, "11500231009123456X"),
        files.xlsx("138", "12345678"),  # two cells are not one number
        files.pdf("Published on 2021-05-27, telephone 023-74501234"),
        "公开地址,http://www.cqsdj.gov.cn/zwgk_157/t20210527_10000123.html\n".encode(),
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + MOBILE.encode(),  # pictures are known by their name only
        b"",
    ],
)
def test_what_may_be_public_is_not_flagged(data: bytes) -> None:
    assert look_into(data) == ()


@pytest.mark.parametrize(
    ("data", "trouble"),
    [
        (files.pdf("secret", password="123456"), Trouble.PASSWORD),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), Trouble.PASSWORD),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 an old .doc", Trouble.OLD_FORMAT),
        (files.archive({"名单.txt": MOBILE.encode()}), Trouble.ARCHIVE),
        (b"Rar!\x1a\x07\x01\x00", Trouble.ARCHIVE),
        (files.archive({"[Content_Types].xml": b"", "word/document.xml": b"1" * 20_000_000}), Trouble.TOO_MUCH),
        (files.archive({"[Content_Types].xml": b"", **{f"p{i}.xml": b"<p/>" for i in range(3001)}}), Trouble.TOO_MUCH),
        (b"1 " * 5_000_000, Trouble.TOO_MUCH),
    ],
)
def test_what_cannot_be_read_is_said_and_never_taken_for_clean(data: bytes, trouble: Trouble) -> None:
    with pytest.raises(NotReadable) as raised:
        look_into(data)
    assert raised.value.trouble is trouble


def test_a_bomb_in_a_pdf_costs_little() -> None:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(files.pdf("x" * 100))))
    contents = writer.pages[0].get_contents()
    assert contents is not None
    contents.set_data(b"q Q " * 30_000_000)
    writer.pages[0].replace_contents(contents)
    writer.pages[0].compress_content_streams()
    made = io.BytesIO()
    writer.write(made)
    begin = time.process_time()
    with pytest.raises(NotReadable):
        look_into(made.getvalue())
    assert time.process_time() - begin < 15


def test_a_file_that_takes_too_long_is_given_up() -> None:
    ticking = iter(range(0, 1000, 15))
    with pytest.raises(NotReadable):
        look_into(files.docx("很长"), ticks=lambda: float(next(ticking)))


@pytest.mark.parametrize(
    "data", [b"PK" + b"0" * 500, b"%PDF-1.4 a scanned page", files.docx("好")[:200], files.pdf("x")[:150]]
)
def test_a_broken_file_is_no_error(data: bytes) -> None:
    assert look_into(data) == ()


@pytest.mark.parametrize("whole", [files.docx(f"张三 {ID}"), files.pdf(f"Zhang San {ID}"), files.xlsx(MOBILE)])
def test_damage_anywhere_is_no_error(whole: bytes) -> None:
    rolled = random.Random(34)
    for _ in range(60):
        damaged = bytearray(whole)
        for _ in range(rolled.randint(1, 6)):
            damaged[rolled.randrange(len(damaged))] = rolled.randrange(256)
        try:
            look_into(bytes(damaged))
        except NotReadable:
            continue
