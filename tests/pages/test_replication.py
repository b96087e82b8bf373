"""A live run with the settings of a result that ships is a replication: its dot joins the strip."""

import dataclasses
import fcntl
import shutil

import pytest

from core.lab import jobs, runs
from core.lab.jobs import Status
from core.lab.store import has_result, home
from pages._ui import replication, stored, verdicts
from pages._ui.plain import plain
from tests.pages import audits
from tests.pages.conftest import press, words

PAGE = "privacy"
NEXT = audits.LITE.gallery_seeds[-1] + 1


@pytest.fixture
def computed(monkeypatch, own_home):
    """Runs that were submitted, each finished at once with the missing seeds made up."""
    asked = []

    def submit(request):
        asked.append((request, [seed for seed in request.seeds if not has_result(home(), request.key(seed))]))
        for seed in asked[-1][1]:
            audits.store_seed(home(), request, seed)
        if jobs.status(request.run) is None:
            audits.leave(home(), request, Status("finished", fraction=1.0, seeds_done=len(request.seeds), started=1.0, ended=9.0))
        return request.run
    monkeypatch.setattr(jobs, "submit", submit)
    return asked


def test_unchanged_settings_take_the_next_fresh_seed(open_page, in_gallery, computed):
    page = open_page(PAGE)
    assert f"Run repeats this with seed {NEXT}" in words(page)
    page = press(page, "play_arrow")
    request, missing = computed[0]
    assert request.seeds == (*audits.LITE.gallery_seeds, NEXT)
    assert missing == [NEXT], "the seeds that ship are lent, not computed again"
    said = words(page)
    assert "Diamonds: your own seeds" in said
    assert f"Your seed {NEXT}" in said
    run = runs.load_run(home(), request.run)
    assert page.query_params["run"] == request.run
    assert {verdict.difference.n for verdict in run.verdicts} == {len(request.seeds)}
    for verdict in run.verdicts:
        if verdict.differences and verdict.differences[-1] == verdict.differences[-1]:
            drawn = verdicts.strip_of(verdict, replication.are_fresh(run))
            assert len(drawn.fresh) == 1
            assert len(drawn.repeats) == len(audits.LITE.gallery_seeds)


def test_a_second_run_takes_the_seed_after_that(open_page, in_gallery, computed):
    page = press(press(open_page(PAGE), "play_arrow"), "play_arrow")
    assert computed[1][0].seeds == (*audits.LITE.gallery_seeds, NEXT, NEXT + 1)
    assert computed[1][1] == [NEXT + 1]
    assert f"Your seeds {NEXT}-{NEXT + 1}" in words(page)
    page = press(page, "Add ")
    assert computed[2][1] == [NEXT + 2 + index for index in range(4)]


def test_changed_settings_and_one_seed_give_a_direction(open_page, in_gallery, computed):
    page = open_page(PAGE)
    page.number_input[0].set_value(page.number_input[0].value + 1).run()
    page = press(page, "play_arrow")
    request, missing = computed[0]
    assert request.config != audits.SMALL
    assert list(request.seeds) == missing == [0]
    said = words(page)
    assert "One seed, " in said
    assert "Your seed" not in said.replace("Your seeds", "")
    run = runs.load_run(home(), request.run)
    for verdict in run.verdicts:
        assert verdicts.strip_of(verdict, replication.are_fresh(run)).estimate.low is None
    page = press(page, "Add ")
    assert computed[1][0].seeds == (0, 1, 2, 3, 4)


def test_seeds_chosen_by_hand_are_taken_as_they_are(open_page, in_gallery, computed):
    page = open_page(PAGE)
    page.session_state["privacy:settings"] = dataclasses.replace(page.session_state["privacy:settings"], seeds=(7,))
    press(page, "play_arrow")
    assert computed[0][0].seeds == (7,)
    assert computed[0][1] == [7]


def test_seeds_arrive_one_by_one(open_page, own_home, in_gallery, empty_gallery):
    asked = dataclasses.replace(audits.request(), seeds=(*audits.LITE.gallery_seeds, NEXT, NEXT + 1))
    shutil.copytree(empty_gallery / "results", own_home / "results")
    folder = own_home / "runs" / audits.leave(own_home, asked, Status("running", started=1.0, seeds_done=3))
    with (folder / "worker.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert "Result on show: precomputed" in words(open_page(PAGE, run=asked.run))
        audits.store_seed(own_home, asked, NEXT)
        page = open_page(PAGE, run=asked.run)
        said = words(page)
        assert f"run {asked.run[:8]} so far, 4 seeds of 5" in said
        assert plain(f"Your seed {NEXT}") in said
        part = stored.load_part(own_home, asked)
        assert part.part_of == asked.run
        assert part.request.seeds == asked.seeds[:4]


def test_a_damaged_lent_seed_is_not_lent(own_home, in_gallery, empty_gallery):
    request = dataclasses.replace(audits.request(), seeds=(*audits.LITE.gallery_seeds, NEXT))
    (empty_gallery / "results" / request.key(0) / "roc.parquet").write_bytes(b"broken")
    replication.prepare(request)
    assert [has_result(own_home, request.key(seed)) for seed in request.seeds] == [False, True, True, False]
