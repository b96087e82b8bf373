"""What goes when the house is too big, what never does, and what whoever runs it can read."""

import json
import os
import time

import pytest

from core import doctor
from core.__main__ import main
from core.lab import access, diary, folders, jobs, keeping, runs, visitors
from core.lab.errors import InputError
from core.lab.runs import load_run
from core.lab.store import home
from tests.lab import toy

pytestmark = pytest.mark.usefixtures("at_once")


def age(seconds: float, *names: str) -> None:
    """Let folders look unused for so long."""
    for name in names:
        for path in home().glob(name):
            os.utime(path, (time.time() - seconds,) * 2)


def test_the_least_recently_used_goes_first_and_comes_back_the_same():
    old, new = toy.submit((0,)), toy.submit((1,))
    first = load_run(home(), old)
    age(7200, "models/*")
    key = runs.read_request(home(), old).key(0)
    age(9000, f"results/{key}")
    age(8000, f"results/{runs.read_request(home(), new).key(1)}")
    total = sum(size.n_bytes for size in keeping.sizes(home()).values())
    said = keeping.clean(home(), total - 1, only_say=True)
    assert (said.removed, load_run(home(), old) is not None) == ({"results": 1}, True)
    age(9000, f"results/{key}")
    done = keeping.clean(home(), total - 1)
    assert done.removed == said.removed
    assert not (home() / "results" / key).exists()
    assert (jobs.status(old).state, jobs.status(old).message) == ("failed", keeping.CLEARED)
    assert jobs.status(new).state == "finished"
    toy.submit((0,))
    again = load_run(home(), old)
    assert again.results[0].values.tobytes() == first.results[0].values.tobytes()


def test_what_is_in_use_stays():
    """Read within the hour, or needed by a living run; the rest goes, what was set aside before all else."""
    shown, gone = toy.submit((0,)), toy.submit((1,))
    age(7200, "results/*", "models/*")
    load_run(home(), shown)  # a page shows it
    damaged = home() / "results" / ("f" * 16)
    damaged.mkdir()
    (damaged / "manifest.json").write_text("{}")
    folders.quarantine(home(), damaged)
    done = keeping.clean(home(), 0)
    assert done.removed["quarantine"] == 1
    assert load_run(home(), shown) is not None
    assert load_run(home(), gone) is None
    assert done.left_bytes > 0


@pytest.mark.parametrize("text,expected", [("20GB", 20 * 10**9), ("1.5 mb", 1_500_000), ("17", 17), ("0", 0)])
def test_sizes(text, expected):
    assert keeping.parse_size(text, "--keep") == expected


@pytest.mark.parametrize("text", ["", "GB", "-1", "1e9", "٣GB", "20 GiB", "9" * 40])
def test_what_is_no_size(text, capsys):
    with pytest.raises(InputError, match="must be a size such as 20GB"):
        keeping.parse_size(text, "--keep")
    assert main(["clean", f"--keep={text}"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_the_limit_holds_after_each_run(monkeypatch):
    first = toy.submit((0,))
    age(7200, "results/*", "models/*")
    monkeypatch.setenv("GLASSHOUSE_DISK", "1KB")
    second = toy.submit((1,))
    assert (load_run(home(), first), load_run(home(), second) is not None) == (None, True)


def test_the_diary_holds_one_line_a_run_and_nothing_of_it(monkeypatch):
    monkeypatch.setenv("GLASSHOUSE_SHARED", "1")
    owner = visitors.owner_of("v", "ann")
    monkeypatch.setattr(access, "_ask", lambda: owner)
    run = toy.submit((0, 1))
    toy.submit((0, 1))  # opened, not computed
    toy.submit((2,), ending="crash")
    lines = [json.loads(line) for line in (home() / diary.FILE).read_text().splitlines()]
    assert [(line["run"] == run, line["state"], line["seeds"], line["owner"]) for line in lines] == [
        (True, "finished", 2, owner), (False, "failed", 1, owner)]
    assert "config" not in lines[0]
    assert diary.last_hour(home()) == {"finished": 1, "failed": 1}


def test_metrics_are_one_line(capsys):
    toy.submit((0,))
    assert main(["doctor", "--metrics"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["queued"], found["running"], found["last_hour"]) == (0, 0, {"finished": 1})
    assert found["store"]["results"]["n"] == 1
    assert found["store"]["models"]["bytes"] > 0
    assert doctor.measure()["mode"] == "laptop"
