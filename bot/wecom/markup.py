"""XML from outside, read without giving a stranger anything to play with."""

import re
from xml.etree import ElementTree

from bot.wecom.errors import Malformed

MAX_BYTES = 64 * 1024  # a callback is about 1 KiB; the largest text message stays far below this

# A DOCTYPE, and with it any entity, can stand only before the root element. Asking for the root (after an optional XML
# declaration) at the very start refuses both without a parser having seen them, and leaves "<!DOCTYPE" free to be a
# part of what somebody wrote inside a CDATA section. Possessive quantifiers: no backtracking over hostile whitespace.
_ROOT_FIRST = re.compile(r"\ufeff?\s*+(?:<\?xml\b[^<>]*+>\s*+)?<xml[\s/>]")


def read(data: bytes) -> ElementTree.Element:
    """The <xml> root of a platform document of at most MAX_BYTES, in UTF-8 whatever it declares. Raises Malformed."""
    if len(data) > MAX_BYTES:
        raise Malformed("too big")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise Malformed("not UTF-8") from None
    if not _ROOT_FIRST.match(text):
        raise Malformed("does not start with the <xml> element")
    try:
        return ElementTree.fromstring(text)
    except (ElementTree.ParseError, ValueError):
        raise Malformed("not well-formed XML") from None
