"""The calibration measures training, soon, and reads processor time."""

import time

import pytest
import torch

from core.training import benchmark


def test_rates_are_measured_within_seconds_and_leave_the_process_as_it_was():
    state, threads, began = torch.get_rng_state(), torch.get_num_threads(), time.perf_counter()
    one, shared = benchmark.measure(2)
    assert 50 < one < 1e6
    assert 0.8 * one < shared < 2.6 * one
    assert time.perf_counter() - began < 30  # two measurements of 0.4 s, on a machine that has much else to do
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.get_num_threads() == threads
    assert benchmark.measure(1)[1] == pytest.approx(benchmark.measure(1)[0], rel=1.0)


def test_a_slower_network_gives_a_lower_rate(monkeypatch):
    fast = benchmark.measure(1)[0]
    monkeypatch.setattr(benchmark, "TRAINING", benchmark.TRAINING.replace(width=64))
    assert benchmark.measure(1)[0] < 0.6 * fast
