"""The set-up bar: the choices that matter, what a run would take, All settings, Run. It is generated from the config's declaration."""

import itertools
import math

import streamlit as st

from core.lab import access, devices, jobs, reading, words
from core.lab.claims import FEWEST
from core.lab.config import Config, alike, fields_of
from core.lab.errors import GlasshouseError
from core.lab.estimate import FEWEST_SEEDS
from core.lab.experiment import Experiment
from core.lab.runs import Request, Run
from core.lab.seeds import MAX_SEEDS
from core.lab.speed import speed
from core.lab.store import has_result, home
from pages._ui import catalogue, fields, on_show, own_data, replication, settings, stored
from pages._ui.plain import plain
from pages._ui.shell import is_dark

ROOM_FOR_MAIN = 3
MORE = 4  # seeds that one press adds beside those that joined


def draw(experiment: Experiment, shown: Run | None, *, alive: str | None) -> None:
    """Draw the bar; ``alive`` is the run under way, during which the settings are locked and Cancel stands in place of Run."""
    now = settings.current(experiment)
    with st.container(border=True, gap="small", key="screen-only-bar"):
        with st.grid(4, min_column_width=160):
            _choices(experiment, now, locked=alive is not None)
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            if alive is not None:
                st.caption("Settings are locked while the run is under way. Cancel to change them.", width="stretch")
                if st.button("Cancel the run", icon=":material/stop_circle:", key=f"{experiment.name}:cancel"):
                    jobs.cancel(alive)
                    st.rerun()
                return
            st.caption(_prospect(experiment, now, shown), width="stretch")
            own_data.button(experiment)
            if st.button("All settings", icon=":material/tune:", type="tertiary", key=f"{experiment.name}:all",
                         on_click=settings.forget_dialog, args=(experiment,)):
                _all_settings(experiment)
            label = ':color[:material/play_arrow: Run]{foreground="#0F1814"}' if is_dark() else ":material/play_arrow: Run"
            waits = bool(settings.troubles(experiment)) or (access.is_shared() and access.mode() == "demo")
            if st.button(label, type="primary", key=f"{experiment.name}:go", disabled=waits):
                start(experiment)
                st.rerun()
        for why in (settings.troubles(experiment).get(""), settings.trouble(experiment), *settings.troubles(experiment, "all").values()):
            if why:
                st.caption(f":orange[:material/error:] {plain(why)}")
        if also := settings.note(experiment):
            st.caption(f":material/info: {plain(also)}")
        own_data.draw(experiment, now.config)


def _choices(experiment: Experiment, now: settings.Settings, *, locked: bool) -> None:
    key = settings.widget_key(experiment, "preset")
    st.session_state.setdefault(key, now.preset)
    titles = {preset.name: preset.title for preset in experiment.presets} | {settings.CUSTOM: "your own settings"}
    names = [preset.name for preset in experiment.presets] + ([settings.CUSTOM] if now.preset == settings.CUSTOM else [])
    st.selectbox("Preset", names, format_func=titles.__getitem__, key=key, disabled=locked, on_change=settings.take_preset,
                 args=(experiment,), help="Lite answers on a laptop. Full comes closer to the published settings.")
    main = [field for field in fields_of(experiment.config) if field.knob.main][:ROOM_FOR_MAIN]
    idle = now.config.idle()
    for field in main:
        fields.draw(field, getattr(now.config, field.name), key=settings.widget_key(experiment, field.name), disabled=locked,
                    idle=field.name in idle, on_change=settings.take_field, args=(experiment, field),
                    wrong=settings.troubles(experiment).get(field.name, ""))


def start(experiment: Experiment) -> None:
    """Submit the current settings, or open the result that holds their numbers already."""
    now = settings.current(experiment)
    st.session_state.pop(f"{experiment.name}:refused", None)
    try:
        with st.spinner("Looking at the data"):
            config, said = reading.fit(experiment, now.config, settings.chosen(experiment, now.config))
            seeds = replication.seeds(experiment, config, now.seeds)
            request = jobs.make_request(experiment, config, seeds, preset=settings.CUSTOM if said else now.preset, device=now.device)
            replication.prepare(request)
        run = jobs.submit(request)
    except GlasshouseError as error:
        st.session_state[f"{experiment.name}:refused"] = str(error)
        return
    if said:
        offer(experiment, config, now.seeds, said)
    on_show.choose(experiment, run)
    st.session_state[f"{run}:watched"] = True


def start_with(experiment: Experiment, config: Config, seeds: tuple[int, ...]) -> None:
    """Adopt a config at the next drawing of the bar and run it now: for buttons that stand below the bar."""
    st.session_state[f"{experiment.name}:pending"] = (config, seeds, True)


def settle(experiment: Experiment) -> None:
    """Adopt what a button below the bar asked for; called before the bar is drawn, since drawn widgets cannot be changed."""
    pending = st.session_state.pop(f"{experiment.name}:pending", None)
    if pending is not None:
        settings.adopt(experiment, pending[0], pending[1])
        if pending[2]:
            start(experiment)


def offer(experiment: Experiment, config: Config, seeds: tuple[int, ...], note: str = "") -> None:
    """Let the bar hold a config the next time it is drawn, whatever run is on show, and say ``note``; nothing is started."""
    st.session_state[f"{experiment.name}:offered"] = (config, seeds, note)


def take_offer(experiment: Experiment) -> None:
    """Adopt what was offered; called once the bar follows the run on show, and before it is drawn."""
    offered = st.session_state.pop(f"{experiment.name}:offered", None)
    if offered is not None:
        settings.adopt(experiment, *offered[:2])
        settings.say(experiment, offered[2])


def follow(experiment: Experiment, request: Request, *, precomputed: bool) -> None:
    """Bring the bar in line with the run that was opened, once for each run.

    After a result that ships, and after one whose seeds joined those, Run takes the next fresh seed.
    """
    key = f"{experiment.name}:followed"
    if st.session_state.get(key) != (request.run, precomputed):
        st.session_state[key] = (request.run, precomputed)
        goes_on = precomputed or replication.joined(request)
        settings.adopt(experiment, request.config, () if goes_on else request.seeds, request.device)


def offer_seeds(experiment: Experiment, run: Run) -> None:
    """Offer the seeds that a verdict still lacks, or further ones beside those that joined; those at hand are not computed again."""
    seeds, fresh = run.request.seeds, replication.joined(run.request)
    if fresh:
        more, said = replication.seeds(experiment, run.request.config, further=MORE), replication.summary(run)
    elif len(seeds) >= FEWEST:
        return
    elif run.is_precomputed:
        more = (*seeds, *range(seeds[-1] + 1, seeds[-1] + 1 + FEWEST - len(seeds)))
        said = f"{words.seeds(len(seeds)).capitalize()} that ship give no verdict yet: it takes {FEWEST}."
    else:
        free = (seed for seed in range(MAX_SEEDS) if seed not in seeds)
        more = tuple(sorted((*seeds, *itertools.islice(free, FEWEST - len(seeds)))))
        said = f"{words.seeds(len(seeds)).capitalize()} {'points' if len(seeds) == 1 else 'point'} a way and cannot tell luck from " + (
            f"effect: an interval takes {FEWEST_SEEDS}, a verdict {FEWEST}.")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(plain(said, most=400), width="stretch")
        if st.button(f"Add {words.seeds(len(more) - len(seeds))}", icon=":material/casino:", key=f"{experiment.name}:more"):
            start_with(experiment, run.request.config, more)
            st.rerun()


def seconds_ahead(experiment: Experiment, now: settings.Settings) -> tuple[float, int]:
    """Return the rough time that Run would take, and how many seeds are not stored yet."""
    try:
        on_gpu = devices.choose(now.device) == "cuda"
    except GlasshouseError:
        on_gpu = False
    each = experiment.expected(now.config, speed(home()), on_gpu=on_gpu)
    left = len(set(replication.seeds(experiment, now.config, now.seeds)) - _stored_seeds(experiment, now))
    return each * left, left


def _stored_seeds(experiment: Experiment, now: settings.Settings) -> set[int]:
    """Return the seeds that earlier runs left behind or that ship; the data itself is not looked at, which may take long."""
    requests, config = (entry.request for entry in catalogue.entries(experiment, precomputed=False)), now.config
    ships = stored.shipped(experiment, config)
    joins = ships is not None and set(ships.seeds) < set(replication.seeds(experiment, config, now.seeds))
    own = {seed for one in requests if alike(one.config, config) for seed in one.seeds if has_result(home(), one.key(seed))}
    return own | set(ships.seeds) if joins else own


def _prospect(experiment: Experiment, now: settings.Settings, shown: Run | None) -> str:
    """Return what a run would take, as a caption."""
    if access.is_shared() and access.mode() == "demo":
        return "This server shows finished results and trains nothing. Install the house on a machine of yours to run it."
    seconds, left = seconds_ahead(experiment, now)
    if left == 0:
        return "These settings are stored: Run opens their result at once."
    power = _watts(shown)
    used = f" and {words.energy(power * seconds / 3.6e6)}" if power is not None else ""
    about = "about" if speed(home()).is_measured else "very roughly"
    where = "on the GPU" if devices.cuda_devices() and now.device != "cpu" else f"on {devices.cpu_cores()} CPU cores"
    below = " The figures below answer at once." if shown is not None else ""
    ships = stored.shipped(experiment, now.config)
    if ships is not None and not now.seeds:
        fresh = replication.seeds(experiment, now.config)[-1]
        return (f"Run repeats this with seed {fresh}, beside the {len(ships.seeds)} that ship: {about} "
                f"{words.duration(_rounded(seconds))} {where}{used}.")
    return f"A new run takes {about} {words.duration(_rounded(seconds))} {where}{used}, {words.seeds(left)}.{below}"


def _rounded(seconds: float) -> float:
    step = 5 if seconds < 120 else 60
    return max(5, round(seconds / step) * step)


def _watts(shown: Run | None) -> float | None:
    """Return the mean power that the result on show drew: the best guess at what the next run will draw."""
    if shown is None:
        return None
    cost = shown.cost()
    if not math.isfinite(cost["energy_kwh"]) or cost["seconds"] < 1:
        return None
    return cost["energy_kwh"] * 3.6e6 / cost["seconds"]


@st.dialog("All settings", position="right")
def _all_settings(experiment: Experiment) -> None:
    now = settings.current(experiment)
    with st.form(f"{experiment.name}:form", border=False):
        st.caption("Everything that may change the numbers. Results are kept per setting and seed.")
        idle, found = now.config.idle(), settings.troubles(experiment, "all")
        if found:
            st.markdown(f":orange-badge[:material/error: Not taken] {len(found)} of these settings break{'s' if len(found) == 1 else ''} a "
                        f"rule. {plain(found.get('', ''), most=600)}")
        if idle:
            st.caption(f"{len(idle)} settings are locked: they do nothing beside the others. Choose first what needs them.")
        for field in fields_of(experiment.config):
            key = settings.widget_key(experiment, field.name, "all")
            fields.draw(field, getattr(now.config, field.name), key=key, idle=field.name in idle, wrong=found.get(field.name, ""))
        key = settings.widget_key(experiment, "seeds", "all")
        st.session_state.setdefault(key, settings.seeds_text(now.seeds))
        st.text_input("Seeds", key=key, placeholder=settings.seeds_text(replication.seeds(experiment, now.config)),
                      help="Repeats with other random draws, such as 0-2 or 0,3,7-9. Three give an interval, five a verdict. Empty: the "
                           "preset's own, and beside a result that ships the next fresh one.")
        if "seeds" in found:
            fields.say_wrong(found["seeds"])
        key = settings.widget_key(experiment, "device", "all")
        st.session_state.setdefault(key, now.device)
        st.selectbox("Device", devices.DEVICES, key=key, help="Automatic takes a GPU where there is one. It never changes what is asked.",
                     format_func={"auto": "Automatic", "cpu": "CPU", "cuda": "GPU"}.__getitem__)
        submitted = st.form_submit_button("Use these settings", on_click=settings.take_all, args=(experiment,))
        if submitted and not settings.troubles(experiment, "all"):
            st.rerun()
