"""Files that somebody names: what is no regular file is refused at once, and no message quotes what a file holds."""

import os
from pathlib import Path

import pytest

from core.data import sources
from core.data.files import read_whole
from core.data.prompts import prompts_fingerprint
from core.data.texts import load_texts
from core.lab.errors import InputError

SECRET = "root:x:0:0:hunter2"
READERS = {
    "texts": lambda path: load_texts(f"csv:{path}"), "prompts": lambda path: prompts_fingerprint(f"csv:{path}"),
    "npz": lambda path: sources.load(f"npz:{path}"), "npz fingerprint": lambda path: sources.fingerprint(f"npz:{path}")}
CONTENTS = (
    f"{SECRET}\n{SECRET}\n", f"{SECRET},b\nx,y\n", f"text,label\na,{SECRET}\nb,other\n", f"text,label\n,{SECRET}\n",
    f'prompt\n"{SECRET}\n', f'text,label\n"{SECRET}"x,y\n', "prompt\n,\n" + SECRET)


def complaint(read, path):
    """Return what a reader says against a file; nothing where it can use it."""
    try:
        read(path)
    except InputError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("read", [reader for name, reader in READERS.items() if name != "npz fingerprint"])
def test_no_message_quotes_the_content(tmp_path, read):
    said = []
    for number, content in enumerate(CONTENTS):
        path = tmp_path / f"{number}.csv"
        path.write_text(content)
        said.append(complaint(read, path))
    assert "hunter2" not in " ".join(said)
    assert sum(map(bool, said)) >= 4


@pytest.mark.parametrize("read", READERS.values(), ids=READERS)
def test_only_regular_files(tmp_path, read):
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", "/dev/zero", tmp_path):
        with pytest.raises(InputError, match=r"must be an existing file, got .* a folder, a device or a pipe"):
            read(path)


def test_the_size_is_looked_at_before_the_content(tmp_path):
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        file.truncate(2**40)  # a file with a hole: it takes no room, and reading it would take all memory
    for read in READERS.values():
        with pytest.raises(InputError, match=r"may take at most \d+ MB"):
            read(path)
    assert read_whole(Path(__file__), "a test", 2**20).startswith(b'"""Files')
