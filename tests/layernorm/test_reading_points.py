"""Where courses are read, by hand: the paper's point, equal fit, and the intact model stopped early."""

import math

import numpy as np
import pandas as pd
import pytest

from core.layernorm.study.reading_points import LEVELS, Courses, clean_losses


def course(variant, memorised, loss, *, fitted=(), delay=1):
    """Return a course with ``delay`` evaluations for each of the intact one's."""
    places = np.arange(0, len(memorised) - 1 + 1e-9, 1 / delay)
    def at(values):
        return np.interp(places, np.arange(len(values)), values)
    return pd.DataFrame({
        "variant": variant, "epoch": np.arange(1, len(places) + 1), "memorised": at(memorised), "recovered": 1 - at(memorised),
        "clean_loss": at(loss), "train_accuracy": at(fitted or np.linspace(0.5, 1.0, len(memorised))), "test_accuracy": 0.7})


MEMORISED, LOSS = (0.0, 0.2, 0.6, 0.96, 1.0), (1.0, 0.4, 0.1, 0.02, 0.01)


def test_a_delay_alone_is_less_at_the_papers_point_and_nothing_at_equal_fit():
    both = Courses(pd.concat([course("intact", MEMORISED, LOSS), course("all", MEMORISED, LOSS, delay=2)]))
    assert both.papers_place() == 4.0
    assert both.nearly_place() == 3.0
    # at half speed the stripped model has come half-way: 0.6 memorised where the intact one has all
    assert both.change("intact", "all", "memorised", both.papers_place()) == pytest.approx(0.4)
    assert both.equal_fit_change("intact", "all", "memorised") == pytest.approx(0.0, abs=1e-9)
    # stopped at a loss of 0.1 the intact model has recovered as much as the stripped one at the paper's point
    assert both.stopped_early("recovered") == pytest.approx(0.4)


def test_real_prevention_shows_at_equal_fit():
    less = tuple(0.5 * share for share in MEMORISED)
    both = Courses(pd.concat([course("intact", MEMORISED, LOSS), course("all", less, LOSS, fitted=(0.5,) * 5)]))
    means = np.interp(LEVELS, LOSS[::-1], MEMORISED[::-1])
    assert both.equal_fit_change("intact", "all", "memorised") == pytest.approx(0.5 * means.mean())


def test_what_is_never_reached_is_no_number():
    stuck = Courses(pd.concat([course("intact", MEMORISED, (1.0, 0.9, 0.8, 0.7, 0.6), fitted=(0.5, 0.6, 0.7, 0.8, 0.9)),
                               course("all", MEMORISED, LOSS)]))
    assert math.isnan(stuck.papers_place())
    assert math.isnan(stuck.change("intact", "all", "memorised", stuck.papers_place()))
    assert math.isnan(stuck.equal_fit_change("intact", "all", "memorised"))
    assert math.isnan(stuck.stopped_early("recovered"))
    assert math.isnan(stuck.at("elsewhere", "memorised", 1.0)), "a variant that was left out"


def test_the_loss_on_right_labels_follows_from_what_is_stored():
    """Twenty samples, four of them wrong; right ones lose 0.3 and 0.1, wrong ones 2 and 1."""
    epochs = pd.DataFrame({
        "variant": "intact", "epoch": [1, 2], "clean_accuracy": [0.75, 1.0], "memorised": [0.25, 0.5], "train_accuracy": [0.65, 0.9],
        "train_loss": [(16 * 0.3 + 4 * 2.0) / 20, (16 * 0.1 + 4 * 1.0) / 20]})
    shown = pd.DataFrame({"variant": "intact", "epoch": [1, 1, 2, 2], "p_noisy": np.exp([-1.5, -2.5, -1.0, -1.0])})
    np.testing.assert_allclose(clean_losses(epochs, shown), [0.3, 0.1])
