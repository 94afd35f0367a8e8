"""Makes the documents and their expected rows: `python make.py FOLDER`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import docs_more
import docs_page
import docs_second
import docs_sheet
import docs_text
import docs_word

KINDS = {
    "docx": [docs_word.d01, docs_word.d02, docs_word.d03, docs_word.d04, docs_word.d05, docs_more.d16, docs_more.d18, docs_second.d22, docs_second.d27],
    "xlsx": [docs_sheet.d06, docs_sheet.d07, docs_sheet.d08, docs_sheet.d09, docs_more.d19, docs_second.d23],
    "html": [docs_page.d10, docs_page.d11, docs_page.d12, docs_more.d17, docs_more.d20, docs_second.d25, docs_second.d28],
    "txt": [docs_text.d13, docs_text.d14, docs_text.d15, docs_more.d21, docs_second.d24, docs_second.d26],
}


def make(folder: Path) -> list[Path]:
    """Every document with its `.json` beside it; returns the documents in order."""
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for kind, makers in KINDS.items():
        for maker in makers:
            path = folder / f"{maker.__name__}.{kind}"
            wanted = maker(path)
            path.with_suffix(".json").write_text(json.dumps(wanted, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
            made.append(path)
    return sorted(made)


if __name__ == "__main__":
    make(Path(sys.argv[1]))
