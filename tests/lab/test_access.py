"""Who may see, stop and delete what, and how much each may ask for."""

import os
import stat
import time

import pytest

from core.lab import access, jobs, owners, queue, quotas, runs, visitors
from core.lab.errors import InputError
from core.lab.runs import locate
from core.lab.store import home
from core.wait import complete
from tests.lab import toy

pytestmark = pytest.mark.usefixtures("toy_lab")
ANN, BEN = visitors.owner_of("v", "ann"), visitors.owner_of("v", "ben")


@pytest.fixture
def ask_as(monkeypatch):
    """Become a visitor of the app, or nobody."""
    def become(who: str | None, mode: str = "1"):
        monkeypatch.setenv("GLASSHOUSE_SHARED", mode)
        monkeypatch.setattr(access, "_ask", lambda: who)
    return become


def test_a_visitor_sees_and_touches_own_runs_alone(ask_as, at_once):
    ask_as(ANN)
    run = toy.submit((0,))
    assert runs.run_ids(home()) == [run]
    assert locate(run)[1] == run
    ask_as(BEN)
    assert runs.run_ids(home()) == []
    with pytest.raises(InputError, match="must name a stored run"):
        locate(run)
    with pytest.raises(InputError, match="must name a stored run"):
        locate(run[:8])
    with pytest.raises(InputError, match="must name a stored run"):
        runs.delete_run(run)
    assert jobs.cancel(run) is None
    ask_as(None)
    assert runs.run_ids(home()) == [run]  # the command line sees everything


def test_two_visitors_who_ask_for_the_same_numbers_share_one_run(ask_as, at_once):
    ask_as(ANN)
    run = toy.submit((0,))
    ask_as(BEN)
    assert toy.submit((0,)) == run
    assert owners.owners(toy.folder(run)) == {ANN, BEN}
    runs.delete_run(run)
    assert runs.run_ids(home()) == []
    ask_as(ANN)
    assert runs.load_run(home(), run) is not None
    runs.delete_run(run)
    assert not toy.folder(run).exists()
    assert not list((home() / "results").iterdir())


def test_a_visitor_cannot_delete_what_the_command_line_made(ask_as, at_once):
    run = toy.submit((0,))
    ask_as(ANN)
    assert runs.run_ids(home()) == []
    toy.submit((0,))
    assert runs.run_ids(home()) == [run]
    runs.delete_run(run)
    ask_as(None)
    assert runs.load_run(home(), run) is not None


def test_a_run_from_before_there_were_owners_is_the_houses(ask_as, at_once):
    run = toy.submit((0,))
    for path in sorted((toy.folder(run) / owners.FOLDER).iterdir()):
        path.unlink()
    (toy.folder(run) / owners.FOLDER).rmdir()
    ask_as(ANN)
    toy.submit((0,))
    runs.delete_run(run)
    assert owners.owners(toy.folder(run)) == {access.HOUSE}


def test_cancel_stops_a_run_only_when_nobody_else_wants_it(ask_as, forked):
    ask_as(ANN)
    run = toy.submit((0,), ending="sleep")
    ask_as(BEN)
    toy.submit((0,), ending="sleep")
    assert jobs.cancel(run).is_alive
    assert not owners.may_see(toy.folder(run))
    ask_as(ANN)
    assert jobs.cancel(run).state == "cancelled"


def test_jobs_at_once_and_an_hour(ask_as, forked, monkeypatch):
    monkeypatch.setenv("GLASSHOUSE_JOBS", "2")
    monkeypatch.setenv("GLASSHOUSE_JOBS_AN_HOUR", "3")
    ask_as(ANN)
    held = [toy.submit((seed,), ending="sleep") for seed in (0, 1)]
    with pytest.raises(InputError, match="at most 2 runs of yours"):
        toy.submit((2,), ending="sleep")
    assert toy.submit((1,), ending="sleep") == held[1]  # joining what is under way costs nothing
    ask_as(BEN)
    assert toy.submit((1,), ending="sleep") == held[1]
    assert queue.living(home())[1].owner == ANN
    ask_as(ANN)
    jobs.cancel(held[0])
    jobs.cancel(toy.submit((2,), ending="sleep"))
    with pytest.raises(InputError, match=r"at most 3 runs may be started within an hour.*try again in (59 min|60 min|1 h)"):
        toy.submit((3,), ending="sleep")
    ask_as(None)
    jobs.cancel(toy.submit((4,), ending="sleep"))  # the command line knows no quota


def test_the_longest_run_and_a_full_queue(ask_as, forked, monkeypatch):
    ask_as(ANN)
    monkeypatch.setenv("GLASSHOUSE_LONGEST", "2")
    with pytest.raises(InputError, match="a run on this server may take 2 s"):
        toy.submit(tuple(range(60)))
    monkeypatch.setenv("GLASSHOUSE_QUEUE", "1")
    toy.submit((0,), ending="sleep")
    ask_as(BEN)
    with pytest.raises(InputError, match="at most 1 runs of all visitors"):
        toy.submit((1,), ending="sleep")
    monkeypatch.setenv("GLASSHOUSE_JOBS", "many")
    with pytest.raises(InputError, match="GLASSHOUSE_JOBS must be a whole number"):
        quotas.quotas()


def test_a_clock_that_was_ahead_locks_nobody_out(ask_as, at_once):
    ask_as(ANN)
    toy.submit((0,))
    ledger = home() / "visitors" / f"{ANN}.json"
    ledger.write_text(str([time.time() + 10 * 365 * 86400] * 50))
    toy.submit((1,))
    assert len(quotas._stamps(ledger)) == 1


def test_one_visitors_twenty_jobs_do_not_starve_another(toy_lab, monkeypatch):
    """Rounds: a newcomer waits for one run of each who was there before, and of two who alternate a third is not forgotten."""
    monkeypatch.setattr("core.lab.folders.is_locked", lambda path: True)
    def enter(name: int, who: str, when: float):
        queue.enter(home(), f"{name:016x}", when, who)
        return f"{name:016x}"
    ann = [enter(number, ANN, number) for number in range(20)]
    queue.leave(home(), ann.pop(0))
    ben = [enter(100 + number, BEN, 30 + number) for number in range(3)]
    third = enter(200, visitors.owner_of("v", "cid"), 40.0)
    order = [place.run for place in queue.living(home())]
    assert order[:3] == [ann[0], ben[0], third]
    assert order[3:7] == [ann[1], ben[1], ann[2], ben[2]]
    assert queue.ahead(home(), third) == [ann[0], ben[0]]


def test_demo_computes_nothing(ask_as):
    ask_as(ANN, "demo")
    with pytest.raises(InputError, match="trains nothing"):
        toy.request()
    ask_as(None, "demo")
    toy.request()


def test_a_stranger_must_log_in_where_there_are_accounts(ask_as, monkeypatch):
    ask_as(ANN)
    request = toy.request()
    monkeypatch.setattr(access, "_is_stranger", lambda: True)
    with pytest.raises(InputError, match="not logged in"):
        jobs.submit(request)


def test_paths_from_the_app(ask_as, tmp_path, monkeypatch):
    """The same words whether or not anything is there, links followed; on a shared server none at all."""
    inside, outside = tmp_path / "data", tmp_path / "outside"
    for folder in (inside, outside):
        folder.mkdir()
        (folder / "set.npz").touch()
    (inside / "link.npz").symlink_to(outside / "set.npz")
    (inside / "loop").symlink_to(inside / "loop")
    ask_as("laptop", "")
    access.check_path(inside / "set.npz", "data")
    access.check_path(inside / "missing.npz", "data")
    for path in (outside / "set.npz", outside / "missing.npz", inside / "link.npz", inside / ".." / "outside" / "set.npz"):
        with pytest.raises(InputError, match="GLASSHOUSE_ALLOW"):
            access.check_path(path, "data")
    access.check_path(inside / "loop", "data")
    monkeypatch.setenv("GLASSHOUSE_ALLOW", f"{tmp_path / 'other'}:{outside}")
    access.check_path(outside / "set.npz", "data")
    ask_as(ANN)
    for path in (inside / "set.npz", outside / "missing.npz"):
        with pytest.raises(InputError) as refused:
            access.check_path(path, "data")
        assert str(refused.value) == access.NO_PATH
    ask_as(None)
    access.check_path(outside / "set.npz", "data")
    assert access.scrubbed(f"in {home()}/runs") == f"in {home()}/runs"
    ask_as(ANN)
    assert access.scrubbed(f"in {home()}/runs and {inside}/x") == "in …/runs and …/x"


@pytest.mark.parametrize("word,mode", [("", "laptop"), ("0", "laptop"), ("1", "shared"), ("yes", "shared"), ("DEMO", "demo")])
def test_modes(word, mode, monkeypatch):
    monkeypatch.setenv("GLASSHOUSE_SHARED", word)
    assert access.mode() == mode


def test_the_cookie_is_signed_by_a_secret_of_the_houses_owner():
    cookie = visitors.new_cookie()
    number, _, signature = cookie.partition(".")
    assert visitors.number_of(cookie) == number
    place = home() / "secret"
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    forged = ("0" * 32 + "." + signature, number + "." + "0" * 64, number, "", f"{number}.{signature}x", "é" * 32 + "." + signature)
    assert [visitors.number_of(one) for one in forged] == [None] * len(forged)
    assert number not in visitors.owner_of("v", number)
    visitors._secret.cache_clear()
    assert visitors.number_of(cookie) == number
    os.chmod(place, 0o644)
    visitors._secret.cache_clear()
    with pytest.raises(InputError, match="chmod 600"):
        visitors.new_cookie()
    os.chmod(place, 0o600)


def test_a_fault_that_only_the_worker_can_tell_is_wrong_input(forked):
    with pytest.raises(InputError, match="ending must not be refuse"):
        complete(toy.request((0,), ending="refuse"))
