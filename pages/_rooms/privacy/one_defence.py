"""From a point of the trade-off map to that defence alone: its settings, its address, and the run of it that is stored."""

import streamlit as st

from core.lab.errors import GlasshouseError, InputError
from core.lab.runs import Run, locate, read_request
from core.privacy.defence.config import DefenceConfig
from core.privacy.defence.spec import PRIVACY_DEFENCE
from core.privacy.defences import defence_by_id
from core.privacy.defences.network import network_after, network_for
from core.privacy.map.curves import BASELINE, CURVES
from core.privacy.map.spec import PRIVACY_MAP
from pages._ui import catalogue, on_show, setup_bar
from pages._ui.catalogue import Entry

POINT = "point"
SEEDS = PRIVACY_DEFENCE.presets[0].seeds


def settings_at(config: object, curve: str, strength: float) -> DefenceConfig:
    """Return the settings of one point of a map; DP-SGD on a map whose network has BatchNorm gets another network.

    Raises:
        InputError: If the curve is unknown or the strength out of its range.
    """
    if curve == BASELINE:
        return config.defence(BASELINE).replace(strength=strength)
    found = next((one for one in CURVES if one.id == curve), None)
    if found is None:
        raise InputError(f"a point must lie on a curve of the map, got {curve[:40]!r}: choose it on the map.")
    return config.replace(model=network_for(found.defence, config.model)).point(found, strength)


def address(run: Run, curve: str, strength: float) -> dict[str, str]:
    """Return the parameters with which the page of one defence opens a point of a map."""
    return {POINT: f"{run.request.run}~{curve}~{strength:g}"}


def follow_address() -> None:
    """Open what the address names by a point of a map: the stored run, else its settings in the bar; junk changes nothing."""
    named = st.query_params.get(POINT)
    if named is None:
        return
    st.query_params.pop(POINT)
    try:
        of_map, curve, strength = named.split("~")
        root, run = locate(of_map)
        request = read_request(root, run)
        if request is None or request.experiment.name != PRIVACY_MAP.name:
            return
        config = settings_at(request.config, curve, float(strength))
    except (GlasshouseError, ValueError, OSError):
        return
    found = stored_alone(config)
    on_show.choose(PRIVACY_DEFENCE, found.request.run if found else None)
    if found is None:
        _, why = network_after((), (config.defence,), request.config.model)
        setup_bar.offer(PRIVACY_DEFENCE, config, SEEDS, why)


def stored_alone(config: DefenceConfig) -> Entry | None:
    """Return the finished run of these settings with most seeds, or None."""
    found = [entry for entry in finished() if resolved(entry.request.config) == resolved(config)]
    return max(found, key=lambda entry: len(entry.request.seeds), default=None)


def finished() -> list[Entry]:
    """Return the finished runs of one defence each, latest first."""
    return [entry for entry in catalogue.entries(PRIVACY_DEFENCE) if entry.state == "finished"]


def resolved(config: DefenceConfig) -> DefenceConfig:
    """Return the settings with the strength written out, since 0 stands for the middle one."""
    return config.replace(strength=defence_by_id(config.defence).strength_of(config.strength))


def nearest(defences: tuple[str, ...], like: DefenceConfig) -> Entry | None:
    """Return the stored run of one of these defences whose settings differ least from ``like``, or None."""
    def distance(entry: Entry) -> int:
        return sum(getattr(entry.request.config, name) != getattr(like, name) for name in vars(like) if name != "defence")
    return min((entry for entry in finished() if entry.request.config.defence in defences), key=distance, default=None)
