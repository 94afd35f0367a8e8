"""Makes the documents and their expected rows: `python unseen_documents.py FOLDER`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import unseen_more
import unseen_page
import unseen_second
import unseen_sheet
import unseen_text
import unseen_word

KINDS = {
    "docx": [
        unseen_word.d01,
        unseen_word.d02,
        unseen_word.d03,
        unseen_word.d04,
        unseen_word.d05,
        unseen_more.d16,
        unseen_more.d18,
        unseen_second.d22,
        unseen_second.d27,
    ],
    "xlsx": [
        unseen_sheet.d06,
        unseen_sheet.d07,
        unseen_sheet.d08,
        unseen_sheet.d09,
        unseen_more.d19,
        unseen_second.d23,
    ],
    "html": [
        unseen_page.d10,
        unseen_page.d11,
        unseen_page.d12,
        unseen_more.d17,
        unseen_more.d20,
        unseen_second.d25,
        unseen_second.d28,
    ],
    "txt": [
        unseen_text.d13,
        unseen_text.d14,
        unseen_text.d15,
        unseen_second.d24,
        unseen_second.d26,
        unseen_text.d29,
        unseen_text.d30,
    ],
}

NAMES = [f"{maker.__name__}.{kind}" for kind, makers in KINDS.items() for maker in makers]


def make(folder: Path) -> list[Path]:
    """Every document with its `.json` beside it; returns the documents in order."""
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for kind, makers in KINDS.items():
        for maker in makers:
            path = folder / f"{maker.__name__}.{kind}"
            wanted = maker(path)
            path.with_suffix(".json").write_text(
                json.dumps(wanted, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
            )
            made.append(path)
    return sorted(made)


if __name__ == "__main__":
    make(Path(sys.argv[1]))
