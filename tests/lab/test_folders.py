import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from core.lab import folders
from core.lab.errors import InputError, RunFailed
from core.lab.experiment import ROOT

TEXTS = {"a.txt": "first", "b.bin": "second" * 1000}


def writers(texts=TEXTS):
    return {name: (lambda path, text=text: path.write_text(text)) for name, text in texts.items()}


@pytest.fixture
def written(tmp_path):
    folders.write_folder(tmp_path, tmp_path / "results" / "one", writers(), {"seed": 3, "cost": {"kwh": 1e-7}, "list": [1, None]})
    return tmp_path / "results" / "one"


def test_a_folder_is_read_back(written):
    manifest = folders.read_manifest(written)
    assert manifest["seed"] == 3
    assert manifest["cost"] == {"kwh": 1e-7}
    assert {path.name: path.read_text() for path in written.iterdir() if path.name != folders.MANIFEST} == TEXTS
    assert [path for path in (written.parents[1] / "staging").iterdir() if path.is_dir()] == []


def test_the_first_writer_wins(written):
    folders.write_folder(written.parents[1], written, writers({"a.txt": "other"}), {})
    assert (written / "a.txt").read_text() == "first"
    assert folders.read_manifest(written) is not None


def test_everything_is_on_the_disk_before_it_appears_and_its_entry_after(tmp_path, monkeypatch):
    """What a power cut leaves: only what was flushed is sure to be there, and a rename may overtake what was not."""
    done, flush, rename = [], folders.flush, folders._rename_new
    monkeypatch.setattr(folders, "flush", lambda path: (flush(path), done.append(path))[0])
    monkeypatch.setattr(folders, "_rename_new", lambda staging, destination: (done.append("renamed"), rename(staging, destination))[1])
    place = tmp_path / "results" / "one"
    folders.write_folder(tmp_path, place, writers(), {})
    before, after = done[:done.index("renamed")], done[done.index("renamed") + 1:]
    assert {path.name for path in before[:2]} == set(TEXTS)
    assert before[2].name.startswith(f".{folders.MANIFEST}.")  # under the name from which it is moved
    assert before[3].parent == tmp_path / "staging"
    assert after == [place.parent]


def test_damage_beyond_the_first_block_is_seen(tmp_path):
    folders.write_folder(tmp_path, tmp_path / "results" / "long", writers({"long": "x" * (1 << 20) + "y"}), {})
    with (tmp_path / "results" / "long" / "long").open("r+b") as file:
        file.seek(1 << 20)
        file.write(b"z")
    assert folders.read_manifest(tmp_path / "results" / "long") is None


def edit(path, change):
    value = json.loads(path.read_text())
    change(value)
    path.write_text(json.dumps(value))


@pytest.mark.parametrize("damage", [
    lambda folder: (folder / "a.txt").write_text("First"),
    lambda folder: (folder / "a.txt").unlink(),
    lambda folder: os.truncate(folder / "b.bin", 100),
    lambda folder: os.truncate(folder / "b.bin", 0),
    lambda folder: (folder / folders.MANIFEST).unlink(),
    lambda folder: os.truncate(folder / folders.MANIFEST, 20),
    lambda folder: (folder / folders.MANIFEST).write_text(""),
    lambda folder: (folder / folders.MANIFEST).write_text("[]"),
    lambda folder: (folder / folders.MANIFEST).write_text("3"),
    lambda folder: (folder / folders.MANIFEST).write_text("{}"),
    lambda folder: (folder / folders.MANIFEST).write_text("[" * 100_000),
    lambda folder: (folder / folders.MANIFEST).write_bytes(b"\xff\xfe\x00"),
    lambda folder: (folder / folders.MANIFEST).write_text('{"files": {}}'),
    lambda folder: edit(folder / folders.MANIFEST, lambda value: value.update(seed=4)),
    lambda folder: edit(folder / folders.MANIFEST, lambda value: value.update(seed=float("nan"))),
    lambda folder: edit(folder / folders.MANIFEST, lambda value: value["files"].pop("a.txt")),
    lambda folder: edit(folder / folders.MANIFEST, lambda value: value.update(files=["a.txt"])),
    lambda folder: edit(folder / folders.MANIFEST, lambda value: value["files"].update({"../x": "0"})),
    lambda folder: edit(folder / folders.MANIFEST, lambda value: value["files"].update({"a\0": "0"})),
    lambda folder: edit(folder / folders.MANIFEST, lambda value: value.pop("seal")),
])
def test_damage_is_seen(written, damage):
    damage(written)
    assert folders.read_manifest(written) is None


def test_quarantine_keeps_what_was_damaged(written):
    (written / "a.txt").write_text("edited")
    folders.quarantine(written.parents[1], written)
    folders.quarantine(written.parents[1], written)  # a second reader finds it gone
    assert not written.exists()
    kept, = (written.parents[1] / "quarantine").iterdir()
    assert (kept / "a.txt").read_text() == "edited"


def test_a_writer_that_fails_leaves_nothing(tmp_path):
    def fail(path):
        path.write_text("half")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        folders.write_folder(tmp_path, tmp_path / "results" / "one", {**writers(), "c": fail}, {})
    assert not (tmp_path / "results").exists()
    assert [path for path in (tmp_path / "staging").iterdir() if path.is_dir()] == []


def test_a_home_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="GLASSHOUSE_HOME must be a folder that can be written"):
        folders.make_folder(tmp_path / "file" / "home")
    with pytest.raises(RunFailed, match="could not be stored"):
        folders.write_folder(tmp_path / "file", tmp_path / "file" / "results" / "one", writers(), {})


HAMMER = """
import sys
from pathlib import Path
from core.lab import folders
home = Path(sys.argv[1])
write = lambda path: path.write_bytes(b"x" * 200_000)
for i in range(10_000):
    folders.write_folder(home, home / "results" / str(i), {"a": write, "b": write, "c": write}, {"i": i})
    print(i, flush=True)
"""


def hammer(home: Path) -> subprocess.Popen:
    return subprocess.Popen([sys.executable, "-c", HAMMER, str(home)], cwd=ROOT, stdout=subprocess.PIPE)


@pytest.mark.parametrize("delay", [0.0, 0.003, 0.011, 0.019, 0.027, 0.041])
def test_kill_while_writing_shows_nothing_half(tmp_path, delay):
    process = hammer(tmp_path)
    process.stdout.readline()
    time.sleep(delay)
    process.send_signal(signal.SIGKILL)
    told = len(process.stdout.read().splitlines()) + 1
    process.wait()
    shown = sorted(int(path.name) for path in (tmp_path / "results").iterdir())
    assert shown[:told] == list(range(told))  # what was reported is there
    assert all(folders.read_manifest(tmp_path / "results" / str(i))["i"] == i for i in shown)
    folders.sweep_staging(tmp_path)
    assert [path for path in (tmp_path / "staging").iterdir() if path.is_dir()] == []


def test_what_killed_writers_left_is_swept(tmp_path):
    stuck = "import time; from core.lab import folders; from pathlib import Path; home = Path({home!r})\n" \
            "def write(path): path.write_text('half'); print('here', flush=True); time.sleep(60)\n" \
            "folders.write_folder(home, home / 'results' / 'one', {{'a': write}}, {{}})"
    process = subprocess.Popen([sys.executable, "-c", stuck.format(home=str(tmp_path))], cwd=ROOT, stdout=subprocess.PIPE)
    process.stdout.readline()
    assert folders.sweep_staging(tmp_path) == 0  # a living writer is left alone
    assert len([path for path in (tmp_path / "staging").iterdir() if path.is_dir()]) == 1
    process.kill()
    process.wait()
    assert folders.sweep_staging(tmp_path) == 1
    assert not (tmp_path / "results").exists()
    folders.write_folder(tmp_path, tmp_path / "results" / "one", writers(), {})
    assert folders.read_manifest(tmp_path / "results" / "one") is not None


def test_sweeping_before_anything_was_written(tmp_path):
    assert folders.sweep_staging(tmp_path) == 0


def test_many_writers_of_one_folder_leave_one(tmp_path):
    threads = [threading.Thread(target=folders.write_folder, args=(
        tmp_path, tmp_path / "results" / "one", writers({"a": f"from {i}", "b": f"from {i}"}), {"i": i})) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    manifest = folders.read_manifest(tmp_path / "results" / "one")
    assert {(tmp_path / "results" / "one" / name).read_text() for name in "ab"} == {f"from {manifest['i']}"}


def test_locks(tmp_path):
    path = tmp_path / "lock"
    assert not folders.is_locked(path)
    with folders.lock(path) as mine:
        assert mine
        assert folders.is_locked(path)
        with folders.lock(path, wait=False) as second:
            assert not second
    assert not folders.is_locked(path)
    with folders.lock(path, shared=True), folders.lock(path, shared=True, wait=False) as second:
        assert second
        with folders.lock(path, wait=False) as alone:
            assert not alone


def test_a_killed_holder_frees_its_lock(tmp_path):
    code = "import sys, time; from pathlib import Path; from core.lab import folders\n" \
           "with folders.lock(Path(sys.argv[1])): print('held', flush=True); time.sleep(60)"
    holder = subprocess.Popen([sys.executable, "-c", code, str(tmp_path / "lock")], cwd=ROOT, stdout=subprocess.PIPE)
    holder.stdout.readline()
    assert folders.is_locked(tmp_path / "lock")
    holder.kill()
    holder.wait()
    assert not folders.is_locked(tmp_path / "lock")


def test_json_is_replaced_in_one_step(tmp_path):
    path = tmp_path / "status.json"
    folders.write_json(path, {"n": 0})
    stop = threading.Event()

    def write():
        for n in range(100_000):
            folders.write_json(path, {"n": n, "more": "x" * (n % 5000)})
            if stop.is_set():
                return

    writer = threading.Thread(target=write)
    writer.start()
    seen = [folders.read_json(path) for _ in range(2000)]
    stop.set()
    writer.join()
    assert all(isinstance(value, dict) for value in seen)
    assert [entry.name for entry in tmp_path.iterdir()] == ["status.json"]


@pytest.mark.parametrize("text", ["", "{", "nothing", "[" * 100_000, "\ud800"])
def test_junk_is_not_json(tmp_path, text):
    (tmp_path / "x.json").write_bytes(text.encode("utf-8", "surrogatepass"))
    assert folders.read_json(tmp_path / "x.json") is None
    assert folders.read_json(tmp_path) is None
    assert folders.read_json(tmp_path / "missing.json") is None


def test_overwriting_shortens_and_lengthens(tmp_path):
    path = tmp_path / "status.json"
    folders.write_json(path, {"message": "x" * 50})
    for message in ("", "y" * 80, "z"):
        folders.overwrite_json(path, {"message": message})
        assert folders.read_json(path) == {"message": message}


def test_checksums_by_hand(tmp_path):
    """The digest of the empty text is BLAKE2b's own, from RFC 7693's reference code through Python's hashlib."""
    (tmp_path / "empty").write_bytes(b"")
    assert folders.checksum(tmp_path / "empty") == "cae66941d9efbd404e4d88758ea67670"
    assert folders.digest_of("") == "e4a6a0577479b2b4"
