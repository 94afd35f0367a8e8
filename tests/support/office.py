"""LibreOffice without a screen: what a file looks like to somebody who opens it, as the pages of a PDF."""

import shutil
import subprocess
from functools import cache
from pathlib import Path

import pypdf

LONGEST = 120  # seconds for one file


@cache
def program() -> str | None:
    """Where LibreOffice is, if it is there."""
    return shutil.which("soffice") or shutil.which("libreoffice")


def pages(file: Path, folder: Path) -> list[pypdf.PageObject]:
    """The printed pages of a docx or xlsx. A file that LibreOffice cannot open gives none, and the test fails."""
    found = program()
    assert found, "asked for without LibreOffice"
    profile = (folder / "profile").as_uri()  # of this run's own: two at a time would wait for each other
    command = [found, f"-env:UserInstallation={profile}", "--headless", "--convert-to", "pdf", "--outdir", str(folder)]
    done = subprocess.run([*command, str(file)], capture_output=True, timeout=LONGEST, check=True)
    made = folder / f"{file.stem}.pdf"
    assert made.exists(), done.stdout + done.stderr
    return list(pypdf.PdfReader(made).pages)


def size_mm(page: pypdf.PageObject) -> tuple[int, int]:
    return round(float(page.mediabox.width) * 25.4 / 72), round(float(page.mediabox.height) * 25.4 / 72)
