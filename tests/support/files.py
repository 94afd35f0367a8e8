"""Small files of the kinds people send, made from words."""

import io
import zipfile

from openpyxl import Workbook
from pypdf import PdfReader, PdfWriter


def docx(*paragraphs: str) -> bytes:
    """Every paragraph in several runs, as Word leaves it after an edit."""
    runs = (
        "".join(f"<w:r><w:rPr/><w:t>{text[i : i + 5]}</w:t></w:r>" for i in range(0, len(text), 5))
        for text in paragraphs
    )
    body = "".join(f"<w:p>{run}</w:p>" for run in runs)
    return archive(
        {"[Content_Types].xml": b"<Types/>", "word/document.xml": f"<w:document>{body}</w:document>".encode()}
    )


def xlsx(*cells: object) -> bytes:
    book = Workbook()
    for cell in cells:
        book.active.append([cell])
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def pdf(words: str, password: str | None = None, owner: str | None = None) -> bytes:
    """One page of text (ASCII)."""
    content = f"BT /F1 12 Tf 72 720 Td ({words}) Tj ET".encode()
    made = _pdf(content, b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
    if password is None and owner is None:
        return made
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(made)))
    writer.encrypt(password or "", owner)
    locked = io.BytesIO()
    writer.write(locked)
    return locked.getvalue()


def chinese_pdf(*lines: str) -> bytes:
    """One page of text in a font that every reader brings along."""
    shown = " ".join(f"<{line.encode('utf-16-be').hex()}> Tj T*" for line in lines)
    return _pdf(
        f"BT /F1 12 Tf 14 TL 72 760 Td {shown} ET".encode(),
        b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [6 0 R] >>",
        b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light"
        b" /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> /DW 1000 >>",
    )


def _pdf(content: bytes, *fonts: bytes) -> bytes:
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        *fonts,
    ]
    made = bytearray(b"%PDF-1.4\n")
    offsets = []
    for number, one in enumerate(objects, 1):
        offsets.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    start, size = len(made), len(objects) + 1
    made += b"xref\n0 %d\n0000000000 65535 f \n" % size
    made += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    made += b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (size, start)
    return bytes(made)


def archive(parts: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, data in parts.items():
            zipped.writestr(name, data)
    return made.getvalue()
