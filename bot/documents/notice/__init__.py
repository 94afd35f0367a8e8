"""Notices in: a document of any county becomes a draft of its list and the questions it leaves open."""

from bot.documents.notice.errors import NoticeError
from bot.documents.notice.output import draft_json
from bot.documents.notice.reading import read_notice

__all__ = ["NoticeError", "draft_json", "read_notice"]
