"""Build the bundled texts from Debian's packages ``fortunes`` and ``fortunes-min``.

    apt-get download fortunes fortunes-min && for package in fortunes*.deb; do dpkg-deb -x $package unpacked; done
    python -m core.data.build_texts unpacked/usr/share/games/fortunes

Of each category 200 texts of 40 to 400 characters are taken, in the order of their hashes, since the files are sorted by first
letter. Texts with words that do not belong into a classroom are left out. The same files give the same bytes.
"""

import csv
import hashlib
import re
import sys
from collections import Counter
from pathlib import Path

from core.data.building import command
from core.data.texts import BUNDLED_FILE
from core.lab.errors import InputError

CATEGORIES = ("definitions", "perl", "politics", "songs-poems", "startrek", "zippy")
PER_CATEGORY, SHORTEST, LONGEST = 200, 40, 400
LEFT_OUT = re.compile(
    r"\b(sex\w*|rap(e|ed|ist)|nigg\w*|jew\w*|nazi\w*|hitler|fag\w*|bitch\w*|whor\w*|fuck\w*|shit\w*|suicid\w*|breast\w*|penis|"
    r"orgasm\w*|naked|nude|negro\w*|gay|lesbian\w*|homosex\w*|erotic|prostitut\w*|virgin\w*|cocaine|heroin|muslim\w*|islam\w*|"
    r"condom\w*|bastard\w*|lynch\w*|retard\w*|crippl\w*|ass|piss\w*|japs?|schoolgirl\w*|women|wife|wives)\b", re.IGNORECASE)


def texts_of(content: str) -> list[str]:
    """Return the texts of one fortune file (parted by lines with a percent sign) that may be used, in the order of their hashes."""
    parts = (" ".join(part.split()) for part in re.split(r"^%$", content, flags=re.MULTILINE))
    kept = {part for part in parts if SHORTEST <= len(part) <= LONGEST and part.isprintable() and not LEFT_OUT.search(part)}
    return sorted(kept, key=lambda text: hashlib.blake2b(text.encode()).digest())


def build(folder: Path, destination: Path = BUNDLED_FILE) -> str:
    """Write the CSV file and return its hash, which ``core.data.texts`` pins.

    Raises:
        InputError: If a category is missing or has too few texts.
    """
    found = {category: texts_of(_content(folder / category)) for category in CATEGORIES}
    times = Counter(text for texts in found.values() for text in texts)
    rows = []
    for category, texts in found.items():
        own = [text for text in texts if times[text] == 1]  # a text of two categories has no right label
        if len(own) < PER_CATEGORY:
            raise InputError(f"every category must give {PER_CATEGORY} texts, got {len(own)} of {category}: unpack both packages.")
        rows += [(text, category) for text in own[:PER_CATEGORY]]
    destination.parent.mkdir(parents=True, exist_ok=True)
    with destination.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("text", "label"))
        writer.writerows(rows)
    return hashlib.blake2b(destination.read_bytes(), digest_size=32).hexdigest()


def _content(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise InputError(f"the folder must hold {', '.join(CATEGORIES)}, but {path.name} cannot be read: unpack again.") from None


def main(arguments: list[str]) -> int:
    """Build from the folder named on the command line; return the exit status."""
    return command(arguments, lambda folder: sys.stdout.write(build(folder) + "\n"), "one folder with the fortune files")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
