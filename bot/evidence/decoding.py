"""From the bytes of a web page to its words, whatever the server and the page say about them."""

import codecs
import re

_META = re.compile(rb"charset\s{0,9}=\s{0,9}[\"']?\s{0,9}([A-Za-z0-9_-]{2,20})", re.IGNORECASE)
HEAD = 4096  # bytes in which a page names its charset

# What Chinese sites write, read as the widest charset of its family: gb2312 pages are full of characters of GBK. Others
# are not believed: in iso-8859-1, which servers send unasked, any bytes make sense.
_READ_AS = {
    **{"utf-8": "utf-8", "utf8": "utf-8", "utf-16": "utf-16", "utf-16le": "utf-16-le", "utf-16be": "utf-16-be"},
    **{"gb2312": "gb18030", "gbk": "gb18030", "gb18030": "gb18030", "big5": "big5hkscs", "big5-hkscs": "big5hkscs"},
}
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16le"), (codecs.BOM_UTF16_BE, "utf-16be"))


def decode(body: bytes, declared: str | None) -> str:
    """`declared`: the charset of the Content-Type header, if it has one. The end may be cut off. Never raises.

    Bytes that are UTF-8 throughout are UTF-8, whatever is said: Chinese text in another charset never is. After that
    the header is believed, then the page, as far as they fit; a page without a word about it is GB18030.
    """
    for bom, charset in _BOMS:
        if body.startswith(bom):
            return _read(body[len(bom) :], charset, "replace") or ""
    named = _META.search(body[:HEAD])
    for charset in ("utf-8", declared or "", named[1].decode("ascii") if named else ""):
        if (text := _read(body, charset, "strict")) is not None:
            return text
    return _read(body, "gb18030", "replace") or ""


def _read(body: bytes, charset: str, errors: str) -> str | None:
    """None where the bytes are nothing of this charset. A character cut off at the end is no error."""
    known = _READ_AS.get(charset.lower())
    if known is None:
        return None
    try:
        return codecs.getincrementaldecoder(known)(errors).decode(body)
    except UnicodeError:
        return None
