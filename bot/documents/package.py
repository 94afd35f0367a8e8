"""Office files as packages: what would be dangerous, or too much, to hand to a library is refused before it is built.

A small file can unpack to millions of elements, each a hundred times its size once a library has made objects of it.
"""

import io
import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum, auto
from typing import IO, NoReturn
from xml.parsers import expat
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

ZIP = (b"PK\x03\x04", b"PK\x05\x06")
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # old Office files, and new ones with a password
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
MACRO_SUFFIXES = frozenset({".xlsm", ".xltm", ".docm", ".dotm"})

_MAX_TOKEN = 1024 * 1024  # bytes of one tag
_MAX_SHEET_ROWS = 100_000
_CHUNK = 64 * 1024  # bytes
_ROW_TAGS = frozenset({"row", "c", "v", "f", "is", "si", "t"})
_RANGE = re.compile(r"([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})")


class Trouble(Enum):
    MACROS = auto()
    PASSWORD = auto()
    TOO_BIG = auto()
    BROKEN = auto()
    OTHER = auto()  # a zip of something else


class PackageError(Exception):
    """The package is not to be opened; `trouble` says why."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.name)
        self.trouble = trouble


@dataclass(frozen=True)
class Limits:
    """What a package may cost. `nodes` are elements and attributes, `objects` the elements other than those of a
    sheet's rows, which a library keeps whole."""

    unpacked: int = 50 * 1024 * 1024  # bytes of all parts
    parts: int = 1000
    nodes: int = 400_000
    objects: int = 50_000
    text: int = 5_000_000  # characters


def check_package(data: bytes, suffix: str, main_part: str, limits: Limits) -> None:
    """Raises PackageError, or whatever zipfile does at a broken archive. `main_part` is what makes it our kind."""
    with ZipFile(io.BytesIO(data)) as archive:
        parts = archive.infolist()
        names = {part.filename.lower() for part in parts}
        if suffix.lower() in MACRO_SUFFIXES or any(name.endswith("vbaproject.bin") for name in names):
            raise PackageError(Trouble.MACROS)
        if main_part not in names:
            raise PackageError(Trouble.OTHER)
        if any(part.flag_bits & 1 for part in parts):
            raise PackageError(Trouble.PASSWORD)
        if len(parts) > limits.parts or sum(part.file_size for part in parts) > limits.unpacked:
            raise PackageError(Trouble.TOO_BIG)
        if any(part.compress_type not in (ZIP_STORED, ZIP_DEFLATED) for part in parts):
            raise PackageError(Trouble.BROKEN)  # no office writes others, and some may ask for gigabytes to unpack
        inspector = _Inspector(limits)
        for part in parts:
            with archive.open(part) as stream:
                inspector.read(stream)


class _Inspector:
    """Walks the parts as a stream and stops at what would cost too much memory or time to build."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._nodes = 0
        self._objects = 0
        self._text = 0

    def read(self, stream: IO[bytes]) -> None:
        """Raises PackageError. What is no XML is passed over: the library stops at the same place if it needs it."""
        parser = expat.ParserCreate()
        parser.buffer_text = parser.ordered_attributes = True
        parser.StartDoctypeDeclHandler = self._refuse
        parser.StartElementHandler = self._element
        parser.CharacterDataHandler = self._characters
        fed = 0
        with suppress(expat.ExpatError):
            while chunk := stream.read(_CHUNK):
                fed += len(chunk)
                parser.Parse(chunk, False)
                if fed - parser.CurrentByteIndex > _MAX_TOKEN:
                    raise PackageError(Trouble.TOO_BIG)

    def _element(self, name: str, attributes: list[str]) -> None:
        tag = name.rpartition(":")[2]
        self._nodes += 1 + len(attributes) // 2
        self._objects += tag not in _ROW_TAGS
        self._characters("".join(attributes))
        if self._nodes > self._limits.nodes or self._objects > self._limits.objects:
            raise PackageError(Trouble.TOO_BIG)
        if tag == "row":
            number = dict(zip(attributes[::2], attributes[1::2], strict=True)).get("r", "0")
            if float(number) > _MAX_SHEET_ROWS:
                raise PackageError(Trouble.TOO_BIG)

    def _characters(self, text: str) -> None:
        self._text += len(text)
        if self._text > self._limits.text:
            raise PackageError(Trouble.TOO_BIG)

    def _refuse(self, *_: object) -> NoReturn:
        raise PackageError(Trouble.BROKEN)  # no office writes a DOCTYPE; entities are a bomb or a leak


def merged_ranges(xml: IO[bytes]) -> Iterable[tuple[int, int, int, int]]:
    """First row, first column, last row, last column of a sheet's merged cells, counted from 0."""
    found: list[tuple[int, int, int, int]] = []

    def element(name: str, attributes: dict[str, str]) -> None:
        if name.rpartition(":")[2] == "mergeCell" and (ref := _RANGE.fullmatch(attributes.get("ref", ""))):
            left, top, right, bottom = ref.groups()
            found.append((int(top) - 1, _column(left), int(bottom) - 1, _column(right)))

    parser = expat.ParserCreate()
    parser.StartElementHandler = element
    parser.ParseFile(xml)
    return found


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1
