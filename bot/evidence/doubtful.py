"""What can be seen of a submission without opening its links."""

from collections.abc import Collection, Sequence
from urllib.parse import SplitResult, urlsplit

from bot.domain.doubt import TIMES, Doubt

_HOME = frozenset(
    {"", "index.html", "index.htm", "index.shtml", "index.jsp", "index.php", "default.aspx", "default.htm"}
)


def doubts(
    links: Sequence[str], files: int, needs_evidence: bool, submission: int, shared: Collection[str]
) -> tuple[Doubt, ...]:
    """`shared`: links that another unit's submission has, too."""
    addresses = [_split(link) for link in links]
    found = {
        Doubt.NO_EVIDENCE: needs_evidence and not links and not files,
        Doubt.NOT_HTTP: any(address.scheme not in ("http", "https") for address in addresses),
        Doubt.HOME_PAGE: any(map(_is_home, addresses)),
        Doubt.SHARED: any(link in shared for link in links),
        Doubt.AGAIN: submission >= TIMES,
    }
    return tuple(doubt for doubt, there in found.items() if there)


def _split(link: str) -> SplitResult:
    try:
        return urlsplit(link)
    except ValueError:  # an address such as http://[ is none
        return SplitResult("", "", link, "", "")


def _is_home(address: SplitResult) -> bool:
    """The first page of a site proves nothing: what stands on it is gone next week."""
    at_home = address.path.strip("/").lower() in _HOME
    return bool(address.netloc) and at_home and not address.query and not address.fragment.strip("/")
