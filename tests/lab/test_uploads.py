"""What visitors bring is kept by content, is theirs alone, and hostile files end in a sentence that names them as they were called."""

import io
import os
import time

import numpy as np
import pytest

from core.data.sources import fingerprint, load
from core.lab import access, keeping, looking, quotas, uploads, visitors
from core.lab.errors import InputError
from core.lab.store import home, run_key
from core.privacy.audit.spec import PRIVACY
from core.subjects.outputs import check_outputs_source, read_outputs

ANN, BEN = visitors.owner_of("v", "ann"), visitors.owner_of("v", "ben")


@pytest.fixture
def ask_as(monkeypatch):
    """Become a visitor of the app, or nobody."""
    def become(who: str | None, mode: str = "1"):
        monkeypatch.setenv("GLASSHOUSE_SHARED", mode)
        monkeypatch.setattr(access, "_ask", lambda: who)
    return become


@pytest.fixture
def quick(monkeypatch):
    """No process of its own: what is read is told by the test."""
    monkeypatch.setattr(uploads, "look", lambda kind, path, name: {"uses": ["images"], "words": "nine images", "notes": []})


def npz(**arrays: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getvalue()


def photos(seed: int = 0) -> bytes:
    x, y = np.random.default_rng(seed).integers(0, 256, (12, 9, 9), dtype=np.uint8), np.arange(12) % 2
    return npz(x_train=x, y_train=y, x_test=x, y_test=y)


def test_what_was_brought_is_read_like_a_file_of_ones_own(tmp_path):
    """Looked at in a process of its own, whole; the source in settings reads the same data as the path."""
    upload = uploads.keep("holiday.npz", photos())
    assert (upload.kind, upload.look["uses"], upload.look["words"]) == (
        "npz", ["images"], "12 training and 12 test images of 9 x 9 x 1, 2 classes")
    assert len(upload.pictures()) == 12
    source = upload.source("{kind}:{upload}")
    (tmp_path / "holiday.npz").write_bytes(photos())
    assert fingerprint(source) == fingerprint(f"npz:{tmp_path / 'holiday.npz'}")
    assert uploads.named_in(f"got {source} in {uploads.path_of(source.partition(':')[2])}") == "got holiday.npz in holiday.npz"
    assert uploads.spelled(f"upload:{upload.hash}", {"images": "{kind}:{upload}"}) == source
    assert uploads.spelled_all([f"dataset=upload:{upload.hash}", "epochs=3"], PRIVACY.config) == [f"dataset={source}", "epochs=3"]
    assert uploads.spelled("npz:else", {"images": "{kind}:{upload}"}) == "npz:else"
    assert keeping.sizes(home())["uploads"].n == 1
    uploads.delete(upload.hash)
    with pytest.raises(InputError, match="was deleted"):
        load(source)
    assert not list((home() / "uploads").iterdir())
    PRIVACY.presets[0].config.replace(dataset=source)  # a stored run that names it can still be read


@pytest.mark.parametrize(("name", "content", "said"), [
    ("mine.exe", b"MZ", "must end in one of"), ("../../../etc/mine.npz", b"PK", "numpy.savez wrote, got mine.npz")])
def test_what_nothing_reads_is_not_kept(name, content, said):
    with pytest.raises(InputError, match=said) as refused:
        uploads.keep(name, content)
    assert str(home()) not in str(refused.value)
    assert uploads.mine() == []
    assert [path for path in home().glob("staging/*") if path.is_dir()] == []


def test_a_look_that_never_ends_or_dies_is_a_sentence(monkeypatch):
    monkeypatch.setattr(looking, "MODULE", "core.lab.no_such_module")
    with pytest.raises(InputError, match="an upload must be read within"):
        uploads.keep("holiday.npz", photos())


def test_a_new_name_changes_nothing(quick):
    first = uploads.keep("one.npz", photos())
    second = uploads.keep("two words.npz", photos())
    assert (first.hash, second.name, len(uploads.mine())) == (second.hash, "two words.npz", 1)
    config = PRIVACY.presets[0].config
    assert len({run_key(PRIVACY, config.replace(dataset=one.source("{kind}:{upload}")), (0,), "data") for one in (first, second)}) == 1
    assert uploads.keep("one.npz", photos(1)).hash != first.hash


def test_only_the_owner_lists_uses_and_deletes(quick, ask_as):
    ask_as(ANN)
    upload = uploads.keep("secret diagnosis.npz", photos())
    source = upload.source("{kind}:{upload}")
    access.check_config(PRIVACY.presets[0].config.replace(dataset=source))
    ask_as(BEN)
    assert uploads.mine() == []
    assert uploads.named_in(source) == f"upload {upload.hash[:8]}"
    for forbidden in (lambda: fingerprint(source), lambda: uploads.delete(upload.hash), lambda: uploads.path_of(f"upload:{upload.hash}")):
        with pytest.raises(InputError, match="is another visitor's"):
            forbidden()
    uploads.keep("mine.npz", photos())  # the same content by chance: each has a name of their own, and one deletes for one alone
    assert uploads.mine()[0].name == "mine.npz"
    uploads.delete(upload.hash)
    ask_as(ANN)
    assert [one.name for one in uploads.mine()] == ["secret diagnosis.npz"]
    assert fingerprint(source)


def test_sources_inside_others_and_paths_of_the_server(ask_as):
    """outputs:npz:upload:HASH is an upload; a path stays forbidden however it is wrapped."""
    from core.scorecard.card.spec import SCORECARD
    config = SCORECARD.presets[0].config
    ask_as(ANN)
    access.check_config(config.replace(subject=f"outputs:npz:upload:{'0' * 32}"))
    check_outputs_source(f"npz:upload:{'0' * 32}")
    for path in ("/etc/passwd", "mine.npz", f"../upload:{'0' * 32}"):
        with pytest.raises(InputError, match="reads no path"):
            access.check_config(config.replace(subject=f"outputs:npz:{path}"))
    for text in ("upload:../../secret", "upload:", "upload:" + "0" * 31, "upload:" + "0" * 33):
        with pytest.raises(InputError):
            read_outputs(f"npz:{text}")


def test_limits(quick, ask_as, monkeypatch):
    ask_as(ANN)
    monkeypatch.setenv("GLASSHOUSE_UPLOAD", "1")
    with pytest.raises(InputError, match="at most 1 MB"):
        uploads.keep("large.npz", bytes(2 << 20))
    monkeypatch.setenv("GLASSHOUSE_UPLOADS", "1")
    uploads.keep("a.npz", bytes(700_000))
    with pytest.raises(InputError, match="at most 1 MB in 200 files"):
        uploads.keep("b.npz", b"1" * 700_000)
    uploads.keep("again.npz", bytes(700_000))  # is here already
    ask_as(BEN)
    uploads.keep("b.npz", b"1" * 700_000)
    monkeypatch.setenv("GLASSHOUSE_SHARED", "demo")
    with pytest.raises(InputError, match="trains nothing"):
        uploads.keep("c.npz", b"2")
    assert quotas.quotas().uploads_mb == 1


def test_forgotten_ones_go_last_and_a_laptops_never(quick, ask_as):
    ask_as(None, "")
    uploads.keep("kept.npz", b"1" * 1000)
    ask_as(ANN)
    old, new = uploads.keep("old.npz", b"2" * 1000), uploads.keep("new.npz", b"3" * 1000)
    for path in (home() / "uploads").iterdir():
        if path.name != new.hash:
            os.utime(path, (time.time() - 40 * 86400,) * 2)
    assert keeping.clean(home(), 0).removed == {"uploads": 1}
    assert [one.name for one in uploads.mine()] == ["new.npz"]
    ask_as(None, "")
    assert {one.name for one in uploads.mine()} == {"kept.npz", "new.npz"}
    with pytest.raises(InputError, match="was deleted"):
        uploads.path_of(f"upload:{old.hash}")


def test_a_damaged_record_is_as_if_it_were_not_there(quick):
    upload = uploads.keep("a.npz", photos())
    (home() / "uploads" / upload.hash / uploads.ABOUT).write_text("{")
    assert uploads.mine() == []
    assert uploads.keep("a.npz", photos()).hash == upload.hash
    assert len(uploads.mine()) == 1
