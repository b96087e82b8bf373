import json
import math
from dataclasses import dataclass
from typing import Annotated, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.lab.config import Config, Knob, apply_settings, canonical, fields_of, from_dict, parse_value, to_dict
from core.lab.errors import InputError
from core.lab.folders import digest_of


def even(value):
    if value % 2:
        raise InputError(f"pairs must be even, got {value}.")


@dataclass(frozen=True, kw_only=True)
class Sample(Config):
    epochs: Annotated[int, Knob("Epochs", "Passes.", low=1, high=400)] = 10
    rate: Annotated[float, Knob("Rate", "Step size.", low=0.0, high=1.0)] = 0.5
    offset: Annotated[float, Knob("Offset", "Unbounded.")] = 0.0
    least: Annotated[int, Knob("Least", "Bounded below.", low=2)] = 2
    most: Annotated[float, Knob("Most", "Bounded above.", high=3.0)] = 0.0
    model: Annotated[Literal["cnn", "mlp"], Knob("Model", "Which.")] = "cnn"
    flip: Annotated[bool, Knob("Flip", "Mirror.")] = False
    share: Annotated[float, Knob("Share", "Below one.", low=0.0, high=1.0, below_high=True)] = 0.0
    under: Annotated[float, Knob("Under", "Below two.", high=2.0, below_high=True)] = 0.0
    name: Annotated[str, Knob("Name", "Free text.")] = "x"
    pairs: Annotated[int, Knob("Pairs", "Even.", check=even)] = 2

    def check(self):
        if self.flip and self.model == "mlp":
            raise InputError("flip must be false for mlp, got true.")


@dataclass(frozen=True, kw_only=True)
class Shuffled(Config):
    """Sample's first fields in another order."""

    rate: Annotated[float, Knob("Rate", "Step size.", low=0.0, high=1.0)] = 0.5
    epochs: Annotated[int, Knob("Epochs", "Passes.", low=1, high=400)] = 10


@pytest.mark.parametrize("field, value, message", [
    ("epochs", 0, "epochs must lie in [1, 400], got 0."),
    ("epochs", 401, "epochs must lie in [1, 400], got 401."),
    ("epochs", 1.0, "epochs must be a whole number, got 1.0."),
    ("epochs", True, "epochs must be a whole number, got True."),
    ("epochs", "3", "epochs must be a whole number, got '3'."),
    ("epochs", None, "epochs must be a whole number, got None."),
    ("epochs", 10**400, "epochs must be a number that a computer can hold, got one of 1329 bits."),
    ("rate", -1e-9, "rate must lie in [0, 1], got -1e-09."),
    ("rate", math.nan, "rate must be finite, got nan."),
    ("rate", math.inf, "rate must be finite, got inf."),
    ("rate", False, "rate must be a number, got False."),
    ("rate", 10**400, "rate must be a number that a computer can hold, got one of 1329 bits."),
    ("least", 1, "least must be at least 2, got 1."),
    ("most", 3.5, "most must be at most 3, got 3.5."),
    ("share", 1.0, "share must lie in [0, 1), got 1.0."),
    ("share", 1.5, "share must lie in [0, 1), got 1.5."),
    ("under", 2.0, "under must be below 2, got 2.0."),
    ("model", "vit", "model must be one of cnn, mlp, got 'vit'."),
    ("model", ["cnn"], "model must be one of cnn, mlp, got ['cnn']."),
    ("flip", 1, "flip must be true or false, got 1."),
    ("name", 3, "name must be text, got 3."),
    ("pairs", 3, "pairs must be even, got 3."),
])
def test_wrong_values_are_refused_in_one_sentence(field, value, message):
    with pytest.raises(InputError) as caught:
        Sample(**{field: value})
    assert str(caught.value) == message


@pytest.mark.parametrize("field, value", [
    ("epochs", 1), ("epochs", 400), ("rate", 0.0), ("rate", 1.0), ("rate", 1), ("offset", -1e300), ("least", 10**12), ("share", 0.999),
    ("most", -5.0)])
def test_edges_are_admissible(field, value):
    assert getattr(Sample(**{field: value}), field) == value


def test_fields_that_do_not_go_together():
    with pytest.raises(InputError, match="flip must be false"):
        Sample(flip=True, model="mlp")
    with pytest.raises(InputError, match="flip must be false"):
        Sample(model="mlp").replace(flip=True)


def test_a_config_cannot_change():
    with pytest.raises(AttributeError):
        Sample().epochs = 3


def test_replace_and_settings_name_what_there_is():
    for change in (lambda: Sample().replace(epoch=3), lambda: apply_settings(Sample(), ["epoch=3"])):
        with pytest.raises(InputError, match=r"must be one of epochs, flip, .*, got 'epoch'"):
            change()


@pytest.mark.parametrize("setting, field, value", [
    ("epochs=7", "epochs", 7), ("rate=1e-3", "rate", 0.001), ("rate=1", "rate", 1.0), ("flip=TRUE", "flip", True),
    ("flip=no", "flip", False), ("name=a=b", "name", "a=b"), ("name=", "name", ""), ("model=mlp", "model", "mlp")])
def test_settings(setting, field, value):
    changed = getattr(apply_settings(Sample(), [setting]), field)
    assert changed == value
    assert type(changed) is type(value)


@pytest.mark.parametrize("setting, words", [
    ("epochs", "field=value"), ("epochs=", "a whole number"), ("epochs=1.5", "a whole number"),
    ("epochs=" + "9" * 5000, "a whole number"), ("epochs=" + "9" * 400, "a computer can hold"), ("rate=fast", "a number"),
    ("rate=nan", "finite"), ("flip=perhaps", "true or false"), ("model=vit", "one of cnn, mlp")])
def test_wrong_settings(setting, words):
    with pytest.raises(InputError, match=words):
        apply_settings(Sample(), [setting])


def test_the_last_setting_wins():
    assert apply_settings(Sample(), ["epochs=3", "epochs=4"]).epochs == 4


@given(st.builds(
    Sample, epochs=st.integers(1, 400), rate=st.floats(0, 1), offset=st.floats(allow_nan=False, allow_infinity=False),
    model=st.sampled_from(["cnn", "mlp"]), name=st.text(max_size=20)))
def test_a_config_survives_its_json(config):
    again = from_dict(Sample, json.loads(json.dumps(to_dict(config))))
    assert again == config
    assert canonical(to_dict(again)) == canonical(to_dict(config))


@pytest.mark.parametrize("junk", [
    None, 3, [], {}, {"epochs": 3}, {**to_dict(Sample()), "more": 1}, {**to_dict(Sample()), "rate": "0.5"}])
def test_junk_is_no_config(junk):
    with pytest.raises(InputError):
        from_dict(Sample, junk)


def key(config):
    return digest_of(canonical(to_dict(config)))


def test_equal_settings_have_one_key():
    assert key(Sample(rate=0.0)) == key(Sample(rate=-0.0)) == key(Sample(rate=0))
    assert math.copysign(1, Sample(rate=-0.0).rate) == 1
    assert key(Shuffled()) == digest_of('{"epochs":10,"rate":0.5}')
    assert key(Sample(rate=1)) == key(Sample(rate=1.0)) != key(Sample(rate=0.9999999999999999))
    assert key(Sample(name="\u00e9")) != key(Sample(name="e\u0301"))


def test_field_order_does_not_matter():
    assert canonical({"b": 1, "a": {"d": 1, "c": 2}}) == canonical({"a": {"c": 2, "d": 1}, "b": 1}) == '{"a":{"c":2,"d":1},"b":1}'


def test_keys_do_not_move_between_versions():
    """Golden: BLAKE2b with 8 bytes of the literal JSON below, from Python's hashlib (2026-11-20)."""
    assert canonical(to_dict(Shuffled(rate=0.1, epochs=3))) == '{"epochs":3,"rate":0.1}'
    assert key(Shuffled(rate=0.1, epochs=3)) == GOLDEN


def test_canonical_refuses_what_json_cannot_say():
    for value in (math.nan, math.inf, {"a": -math.inf}):
        with pytest.raises(ValueError):
            canonical(value)


def test_fields_are_read_from_the_declaration():
    fields = {field.name: field for field in fields_of(Sample)}
    assert list(fields) == ["epochs", "rate", "offset", "least", "most", "model", "flip", "share", "under", "name", "pairs"]
    assert (fields["model"].kind, fields["model"].choices) == (str, ("cnn", "mlp"))
    assert (fields["epochs"].kind, fields["epochs"].default, fields["epochs"].knob.high) == (int, 10, 400)
    assert parse_value(fields["rate"], "0.25") == 0.25


def test_a_field_without_a_knob_is_our_defect():
    @dataclass(frozen=True, kw_only=True)
    class Bare(Config):
        epochs: int = 3

    with pytest.raises(TypeError, match=r"Bare\.epochs has no Knob"):
        fields_of(Bare)


GOLDEN = "477c8ff88ac32fd6"
