"""Headline numbers by hand, from tables small enough to read."""

import math
from dataclasses import replace

import pandas as pd
import pytest

from core.lab.experiment import metrics_of, result_fields
from core.layernorm.study.headline import Readings, gradient_ratios, headline
from core.layernorm.study.result import LayerNormResult
from core.layernorm.study.tables import matched_table
from tests.layernorm import stored


def epochs_of(variant, memorised, clean, test, placement="post"):
    return pd.DataFrame({
        "placement": placement, "variant": variant, "epoch": [1, 2, 3, 4], "train_accuracy": clean, "clean_accuracy": clean,
        "memorised": memorised, "recovered": [1 - share for share in memorised], "random": 0.0, "test_accuracy": test,
        "overfit_gap": [a - b for a, b in zip(clean, test, strict=True)], "train_loss": 0.0, "test_loss": 0.0, "valid_accuracy": 0.0})


EPOCHS = pd.concat([
    epochs_of("intact", [0.0, 0.4, 0.8, 1.0], [0.5, 0.9, 1.0, 1.0], [0.5, 0.7, 0.8, 0.8]),
    epochs_of("all", [0.0, 0.2, 0.5, 0.7], [0.4, 0.8, 0.9, 1.0], [0.4, 0.6, 0.7, 0.8])], ignore_index=True)


def test_readings_by_hand():
    readings = Readings("post", EPOCHS, matched_table(EPOCHS))
    assert readings.change("intact", "all", "memorised") == pytest.approx(0.3)
    # the second half is epochs 3 and 4: (0.7 - 0.8 + 0.8 - 0.8) / 2
    assert readings.late_change("all", "intact", "test_accuracy") == pytest.approx(-0.05)
    # 95 % of right labels: intact half-way between epochs 2 and 3, stripped between 3 and 4
    assert readings.at_match("intact", "memorised") == pytest.approx(0.6)
    assert readings.at_match("all", "memorised") == pytest.approx(0.6)
    assert readings.matched_change("intact", "all", "memorised") == pytest.approx(0.0)
    # half memorised: intact at 2.25, stripped at 3
    assert readings.epoch_half("intact") == pytest.approx(2.25)
    assert readings.epoch_half("all") == pytest.approx(3.0)
    assert math.isnan(readings.change("intact", "elr", "memorised"))
    assert math.isnan(readings.late_change("elr", "intact", "memorised"))


GRADIENTS = pd.DataFrame([
    {"placement": "post", "variant": "intact", "epoch": epoch, "layer": layer, "place": 1, "samples": samples, "gradient": value}
    for epoch, layer, values in ((1, 1, (1.0, 2.0, 1.0)), (1, 2, (3.0, 4.0, 1.0)), (4, 1, (6.0, 2.0, 1.0)), (4, 2, (5.0, 1.0, 0.3)))
    for samples, value in zip(("test", "noisy", "clean"), values, strict=True)])


def test_gradient_ratios_by_hand():
    found = gradient_ratios(GRADIENTS, EPOCHS)
    assert found["gradient_ratio"] == pytest.approx(3.0)  # smaller of 6 / 2 and 5 / 1
    assert found["gradient_ratio_before"] == pytest.approx(0.75)  # larger of 1 / 2 and 3 / 4
    assert found["gradient_ratio_clean"] == pytest.approx(0.5)


def test_no_ratio_before_labels_are_memorised():
    early = EPOCHS.assign(memorised=EPOCHS["memorised"] / 2)
    assert math.isnan(gradient_ratios(GRADIENTS, early)["gradient_ratio"])


def test_numbers_that_are_read_from_the_tables():
    elr = epochs_of("elr", [0.0, 0.1, 0.2, 0.3], [0.5, 0.9, 1.0, 1.0], [0.5, 0.7, 0.8, 0.9])
    epochs = pd.concat([EPOCHS, elr], ignore_index=True)
    damage = pd.DataFrame([
        {"placement": placement, "intervention": name, "accuracy": value} for placement, shift in (("post", 0.0), ("pre", 0.1))
        for name, value in (("intact", 0.8), ("early", 0.6 - shift), ("middle", 0.7), ("elsewhere_early", 0.5), ("elsewhere_middle", 0.6))])
    result = replace(stored.trained(), epochs=epochs, matched=matched_table(epochs), damage=damage)
    # 95 % of right labels half-way between epochs 2 and 3: intact has 0.6 memorised, ELR 0.15
    assert result.memorised_drop_matched_elr_post == pytest.approx(0.45)
    assert result.early_over_middle == pytest.approx(0.15)
    assert result.early_over_middle_elsewhere == pytest.approx(0.1)
    assert result.early_over_middle_post == pytest.approx(0.1)
    assert result.early_over_middle_pre == pytest.approx(0.2)
    assert result.early_over_middle_elsewhere_pre == pytest.approx(0.1)
    apart = {f"early_over_{other}{control}_{placement}" for other in ("middle", "later") for control in ("", "_elsewhere")
             for placement in ("post", "pre")}
    computed = {"memorised_drop_matched_elr_post", "early_over_middle", "early_over_middle_elsewhere", *apart}
    not_stored = set(metrics_of(LayerNormResult)) - set(result_fields(LayerNormResult))
    assert computed <= not_stored
    # every label is fitted by the intact model at epoch 3, where it has 0.8 memorised and the stripped one 0.5
    assert result.memorised_drop_point_post == pytest.approx(0.3)
    assert result.fitted_post == 1.0
    assert {f"memorised_drop_point{control}_{placement}" for control in ("", "_elsewhere") for placement in ("post", "pre")} <= not_stored


def test_a_placement_without_a_model_has_no_numbers():
    damage = pd.DataFrame([{"placement": "post", "intervention": name, "accuracy": value}
                           for name, value in (("intact", 0.8), ("all", 0.6), ("early", 0.7), ("later", 0.75))])
    models = pd.DataFrame({"placement": ["post"], "fold_difference": [float("nan")]})
    found = headline(EPOCHS, matched_table(EPOCHS), damage, GRADIENTS, models, {"post": (0.5, 0.1)})
    assert found["damage_post"] == pytest.approx(0.2)
    assert found["early_over_later"] == pytest.approx(0.05)
    assert found["moved_scale_post"] == 0.5
    assert found["delay_post"] == pytest.approx(0.75)
    assert all(math.isnan(value) for name, value in found.items() if name.endswith("_pre"))
