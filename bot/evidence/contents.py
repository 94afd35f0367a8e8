"""The words inside a file somebody sent, for the scan of rule 8. Nothing in the file is trusted.

Office documents (docx, xlsx, pptx, odt, ofd) are zip archives of XML. They are read as text and never parsed: to find a
number or a marking, tags need not be understood, and nothing in them can be made to unfold. Pictures are known by their
name only. What holds words that cannot be read here (a password, an old format, an archive) is not taken: unread is not
clean. A file that is merely broken passes, for nobody else can read it either.
"""

import codecs
import html
import io
import logging
import re
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from enum import Enum, auto

from bot.evidence.findings import Kind
from bot.evidence.scan import kinds_of, scan

LONGEST = 1_000_000  # characters; a county's list of names has a tenth of that
UNPACKED = 16 * 1024 * 1024  # bytes of XML in one document
PARTS = 3000  # files in one document
STREAM = 32 * 1024 * 1024  # bytes of one unpacked stream of a PDF: embedded fonts are the largest
SECONDS = 20.0

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # doc, xls, wps; and docx, xlsx with a password
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_ARCHIVES = (b"Rar!", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b", b"BZh")
_DOCUMENT = frozenset({"[content_types].xml", "content.xml", "ofd.xml"})
# What zipfile and the decoders raise for a damaged file, or one that uses what they do not know (NotImplementedError).
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError)

# Bounded repetitions and no "<" inside a tag: hostile markup must not cost more than its length.
_INDEX = re.compile(r"<c\b[^<>]{0,200}\bt=\"s\"[^<>]{0,200}>\s{0,9}<v>\d{0,9}</v>")  # stands for a shared string
_BLOCK_ENDS = re.compile(
    r"</(?:\w{1,9}:)?(?:p|si|c|f|t[cdr]|row|h|table-cell|text|TextCode)>|<(?:\w{1,9}:)?tab\b[^<>]{0,200}>"
)
_LINE_ENDS = re.compile(r"<(?:\w{1,9}:)?br\b[^<>]{0,200}>")  # inside a block: a number may go on after it
_TAG = re.compile(r"<[^<>]*>")
_BETWEEN = "|\n"  # neither digit nor blank: numbers of two cells never read as one


class Trouble(Enum):
    PASSWORD = auto()
    TOO_MUCH = auto()
    OLD_FORMAT = auto()
    ARCHIVE = auto()


class NotReadable(Exception):  # it is an answer, not an error
    """The words of the file cannot be looked at."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.name)
        self.trouble = trouble


def look_into(data: bytes, ticks: Callable[[], float] = time.monotonic) -> tuple[Kind, ...]:
    """What kinds of personal data or markings stand in the whole file, the most certain first. Raises NotReadable.

    Works for seconds on a large file: not for the event loop.
    """
    end = ticks() + SECONDS
    read = 0
    found: set[Kind] = set()
    for text in _texts(data):
        read += len(text)
        if read > LONGEST or ticks() > end:
            raise NotReadable(Trouble.TOO_MUCH)
        found.update(kinds_of(scan(text)))
    return tuple(kind for kind in Kind if kind in found)


def _texts(data: bytes) -> Iterator[str]:
    if data.startswith(_OLE):
        raise NotReadable(Trouble.PASSWORD if _ENCRYPTED in data else Trouble.OLD_FORMAT)
    if data.startswith(_ARCHIVES):
        raise NotReadable(Trouble.ARCHIVE)
    if data.startswith(b"PK"):
        return _of_document(data)
    if b"%PDF-" in data[:1024]:
        return _of_pdf(data)
    return _of_text(data)


def _of_document(data: bytes) -> Iterator[str]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            names = {part.filename.lower() for part in parts}
            if any(part.flag_bits & 1 for part in parts):
                raise NotReadable(Trouble.PASSWORD)
            if not names & _DOCUMENT:
                raise NotReadable(Trouble.ARCHIVE)
            wanted = [part for part in parts if part.filename.lower().endswith(".xml")]
            # More than the declared size is never unpacked.
            if len(parts) > PARTS or sum(part.file_size for part in wanted) > UNPACKED:
                raise NotReadable(Trouble.TOO_MUCH)
            for part in wanted:
                if part.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):  # what office programs write
                    yield _without_tags(_decoded(archive.read(part)))
    except _BROKEN:
        return


def _of_text(data: bytes) -> Iterator[str]:
    """Plain text, CSV, HTML; nothing for pictures and other things that are no text."""
    text = _decoded(data)
    yield text
    if "<" in text:
        yield _without_tags(text)


def _decoded(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace")
    if b"\0" in data[:4096]:
        return ""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030", "replace")


def _without_tags(text: str) -> str:
    """Tags vanish, so that a number cut into several runs is one again; where a block ends, words end."""
    text = _LINE_ENDS.sub("\n", _INDEX.sub(_BETWEEN, text.replace("<![CDATA[", "")))
    return html.unescape(_TAG.sub("", _BLOCK_ENDS.sub(_BETWEEN, text)))


def _of_pdf(data: bytes) -> Iterator[str]:
    """The text layer, page by page, with the fields of forms and what the file says of itself."""
    import pypdf  # takes half a second, and most days bring no PDF
    from pypdf.errors import LimitReachedError

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # its complaints quote the file
    limits = pypdf.Configuration(
        zlib_maximum_output_length=STREAM,
        lzw_maximum_output_length=STREAM,
        run_length_maximum_output_length=STREAM,
        array_based_stream_maximum_output_length=STREAM,
        stream_decoding_work_maximum_length=2 * STREAM,
        stream_parsing_work_maximum_count=500_000,
        page_tree_maximum_entries=10_000,
    )
    with pypdf.apply_configuration(limits):
        try:
            reader = pypdf.PdfReader(io.BytesIO(data))
            if reader.is_encrypted and not reader.decrypt(""):
                raise NotReadable(Trouble.PASSWORD)
            yield _BETWEEN.join(str(value) for value in (reader.metadata or {}).values())
            yield _BETWEEN.join(str(value) for value in (reader.get_form_text_fields() or {}).values())
            for page in reader.pages:
                yield page.extract_text()
        except LimitReachedError:
            raise NotReadable(Trouble.TOO_MUCH) from None
        except NotReadable:
            raise
        except Exception:  # noqa: BLE001  # whatever a broken file makes the library stumble over
            return
