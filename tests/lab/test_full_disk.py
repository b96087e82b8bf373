"""A disk that is really full: a file system of one megabyte, mounted for the test."""

import subprocess

import numpy as np
import pytest

from core.lab import folders, jobs
from core.lab.errors import RunFailed
from core.lab.runs import load_run
from core.lab.store import ModelStore
from tests.lab import toy

pytestmark = pytest.mark.usefixtures("toy_lab")


@pytest.fixture
def small_disk(toy_lab):
    """Make the home a file system of 1 MB."""
    toy_lab.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(toy_lab)], capture_output=True, text=True)
    if mounted.returncode:
        pytest.skip(f"only root may mount a small disk: {mounted.stderr.strip()}")
    yield toy_lab
    for run_id in toy.run_ids():
        jobs.cancel(run_id)
    toy.wait_for(lambda: subprocess.run(["umount", str(toy_lab)], capture_output=True).returncode == 0)


def fill(disk):
    """Take every byte that is left, as another program would."""
    with (disk / "filler").open("wb", buffering=0) as file:
        for size in (4096, 1):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError:
                continue


def test_a_result_that_does_not_fit(small_disk):
    small = toy.submit((0,))
    assert toy.finish(small).state == "finished"
    large = toy.submit((0,), n_values=1_000_000)
    status = toy.finish(large)
    assert (status.state, status.message) == ("failed", folders.DISK_FULL)
    assert load_run(small_disk, small) is not None
    assert load_run(small_disk, large) is None
    assert not [path for path in (small_disk / "staging").iterdir() if path.is_dir()]
    assert toy.finish(toy.submit((1,))).state == "finished"  # what did not fit has made room again


def test_a_disk_that_fills_while_a_run_computes(small_disk):
    run_id = toy.submit((0, 1), n_models=2, seconds=0.4)
    toy.wait_for(lambda: jobs.status(run_id).seeds_done == 1)
    fill(small_disk)
    status = toy.finish(run_id)
    assert (status.state, status.message, status.seeds_done) == ("failed", folders.DISK_FULL, 1)
    (small_disk / "filler").unlink()
    assert toy.finish(toy.submit((0, 1), n_models=2, seconds=0.4)).state == "finished"
    assert load_run(small_disk, run_id) is not None


def test_a_request_on_a_full_disk(small_disk):
    fill(small_disk)
    request = toy.request((0,))
    with pytest.raises(RunFailed, match="The disk is full: free some space"):
        jobs.submit(request)
    assert jobs.status(request.run) is None
    (small_disk / "filler").unlink()
    assert toy.finish(jobs.submit(request)).state == "finished"


def test_models_and_folders_that_do_not_fit(small_disk):
    models = ModelStore(small_disk)
    models.put({"seed": 0}, {"w": np.arange(1000.0)})
    with pytest.raises(RunFailed, match="The disk is full"):
        models.put({"seed": 1}, {"w": np.zeros(1_000_000)})
    np.testing.assert_array_equal(models.get({"seed": 0})["w"], np.arange(1000.0))
    assert models.get({"seed": 1}) is None
    with pytest.raises(RunFailed, match="The disk is full"):
        folders.write_folder(small_disk, small_disk / "results" / "x", {"a": lambda path: path.write_bytes(b"x" * 2_000_000)}, {})
    assert not (small_disk / "results").exists()
    assert not [path for path in (small_disk / "staging").iterdir() if path.is_dir()]


def test_a_status_can_be_replaced_on_a_full_disk(small_disk):
    folder = small_disk / "runs" / "x"
    folder.mkdir(parents=True)
    jobs.write_status(folder, jobs.Status("running"))
    fill(small_disk)
    jobs.write_status(folder, jobs.Status("failed", message="x" * 500))
    assert jobs.written_status(folder).message == "x" * 500
    assert sorted(path.name for path in folder.iterdir()) == ["status.json"]
