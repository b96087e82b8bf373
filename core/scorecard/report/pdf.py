"""The report on paper: Chromium's own print of the HTML page, where there is one at hand."""

import shutil
import subprocess
import tempfile
from pathlib import Path

from core.lab.errors import InputError, RunFailed

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge")
SECONDS = 60


def browser() -> str | None:
    """Return the path of a Chromium that can print, or None."""
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


def pdf(page: bytes) -> bytes:
    """Return an HTML page as PDF.

    Raises:
        InputError: If there is no browser to print it.
        RunFailed: If the browser does not.
    """
    program = browser()
    if program is None:
        raise InputError(f"a .pdf needs one of {', '.join(BROWSERS[:3])} to print it, got none on this machine: export .html and print "
                         "that, its print style makes the same pages.")
    with tempfile.TemporaryDirectory() as place:
        source, made = Path(place) / "report.html", Path(place) / "report.pdf"
        source.write_bytes(page)
        asked = [program, "--headless", "--disable-gpu", "--no-sandbox", "--no-first-run", "--disable-extensions",
                 f"--user-data-dir={place}/profile", "--no-pdf-header-footer", f"--print-to-pdf={made}", source.as_uri()]
        try:
            subprocess.run(asked, capture_output=True, timeout=SECONDS, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise RunFailed(f"The browser did not print the report ({type(error).__name__}): export .html and print that.") from None
        if not made.is_file():
            raise RunFailed("The browser did not print the report: export .html and print that.")
        return made.read_bytes()
