"""What can be seen of a submission without opening its links; what its pages say is `bot.evidence.verdict`'s."""

from collections.abc import Collection, Sequence

from bot.domain.doubt import TIMES, Doubt
from bot.evidence.guard import is_government, only_inside, split

_HOME = frozenset(
    {"", "index.html", "index.htm", "index.shtml", "index.jsp", "index.php", "default.aspx", "default.htm"}
)


def doubts(
    links: Sequence[str],
    files: int,
    needs_evidence: bool,
    submission: int,
    shared: Collection[str],
    of_pages: Collection[Doubt] = (),
    sites: Collection[str] = (),
) -> tuple[Doubt, ...]:
    """`shared`: links that another unit's submission has, too. `of_pages`: what the pages behind them gave rise to.
    `sites`: hosts the county calls government sites, wherever they are.
    """
    found = {
        Doubt.NO_EVIDENCE: needs_evidence and not links and not files,
        Doubt.NOT_HTTP: not all(map(_is_http, links)),
        Doubt.INSIDE: any(only_inside(link) and not is_government(link, sites) for link in links),
        Doubt.HOME_PAGE: any(map(is_home, links)),
        Doubt.SHARED: any(link in shared for link in links),
        Doubt.AGAIN: submission >= TIMES,
    }
    return tuple(doubt for doubt in Doubt if found.get(doubt) or doubt in of_pages)


def _is_http(link: str) -> bool:
    address = split(link)
    return address is not None and address.scheme in ("http", "https")


def is_home(link: str) -> bool:
    """The first page of a site proves nothing: what stands on it is gone next week."""
    address = split(link)
    if address is None or not address.netloc or address.query or address.fragment.strip("/"):
        return False
    return address.path.strip("/").lower() in _HOME
