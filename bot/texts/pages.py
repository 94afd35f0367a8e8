"""Lists longer than a screen, page by page. Pure; every page is one message."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.texts.fit import ANSWER_BYTES, clip, size

LINES = 18  # about what a phone shows at once
LINE_BYTES = 400  # a link may be endless
TURNING = 60  # bytes: room for the number of the page and how to get the next


@dataclass(frozen=True)
class Block:
    """Lines under a heading, which is said again where a page begins among them."""

    heading: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True)
class Listing:
    head: str
    blocks: tuple[Block, ...] = ()
    foot: str = ""  # the next step, on every page


@dataclass(frozen=True)
class Page:
    text: str
    number: int
    last: int


def page(listing: Listing, number: int, turn: str) -> Page:
    """The page with this number, or the last one. `turn` with a number brings another page; 下一页 always does."""
    room = ANSWER_BYTES - size(listing.head) - size(listing.foot) - TURNING - size(turn)
    pages = _pages(listing.blocks, room)
    last = len(pages)
    number = min(max(number, 1), last)
    head, body = listing.head, pages[number - 1]
    tail = [listing.foot] if listing.foot else []
    if last > 1:
        of = f"第 {number}/{last} 页"
        tail.insert(0, f"（{of}，下一页回复：{turn.format(number + 1)}）" if number < last else f"（{of}）")
    return Page("\n".join([*([head] if head else []), *body, *tail]), number, last)


def _pages(blocks: Sequence[Block], room: int) -> list[list[str]]:
    pages: list[list[str]] = [[]]
    left = room
    for block in blocks:
        heading = [block.heading] if block.heading else []
        for line in block.lines or ("",):
            part = [*heading, clip(line, LINE_BYTES)] if line else heading
            if pages[-1] and (len(pages[-1]) + len(part) > LINES or _bytes(part) > left):
                pages.append([])
                left = room
                if block.heading and not heading:
                    part = [f"{block.heading}（续）", *part]
            pages[-1] += part
            left -= _bytes(part)
            heading = []
    return pages


def _bytes(lines: Sequence[str]) -> int:
    return sum(size(line) + 1 for line in lines)
