"""Temporary media: what the bot uploads to send, and what people send to the bot."""

import mimetypes
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sandbox.errors import ApiError, require

LIFE = timedelta(days=3)
SMALLEST = 6  # bytes: the platform wants more than five
LARGEST = {"file": 20 * 1024**2, "image": 10 * 1024**2}  # bytes

# The first bytes of the pictures a browser may be shown; everything else is only ever downloaded.
PICTURES = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif"}


@dataclass(frozen=True, slots=True)
class Media:
    """One uploaded thing; `kind` is file or image, `content_type` what its bytes or name say."""

    media_id: str
    kind: str
    name: str
    data: bytes
    content_type: str
    created: datetime

    @property
    def is_picture(self) -> bool:
        return self.content_type in PICTURES.values()


def content_type_of(name: str, data: bytes) -> str:
    """By the first bytes for pictures (a name may lie to a browser), by the name for the rest."""
    for magic, kind in PICTURES.items():
        if data.startswith(magic):
            return kind
    guess = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return "application/octet-stream" if guess.startswith(("image/", "text/html")) else guess


class MediaStore:
    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._media: dict[str, Media] = {}

    def put(self, kind: str, name: str, data: bytes) -> Media:
        """Keep it. Raises ApiError 40004 (kind), 40006 (too small) or 45001 (too large)."""
        require(kind in LARGEST, 40004, "invalid media type")
        require(len(data) >= SMALLEST, 40006, "invalid file size")
        require(len(data) <= LARGEST[kind], 45001, "media size out of limit")
        media = Media(secrets.token_urlsafe(48), kind, name, data, content_type_of(name, data), self._now())
        self._media[media.media_id] = media
        return media

    def get(self, media_id: object) -> Media:
        """For the API: raises ApiError 40007 for one unknown or older than three days."""
        media = self._media.get(media_id) if isinstance(media_id, str) else None
        if media is None or self._now() - media.created >= LIFE:
            raise ApiError(40007, "invalid media_id")
        return media

    def shown(self, media_id: str) -> Media | None:
        """For the page: a phone still shows what it once received."""
        return self._media.get(media_id)
