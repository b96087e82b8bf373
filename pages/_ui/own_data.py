"""Your data: files that a visitor brings, what was read of them before anything runs, and where each of them may be used."""

import pandas as pd
import streamlit as st

from core.lab import access, quotas, reading, uploads
from core.lab.config import Config, Field, fields_of
from core.lab.errors import GlasshouseError, InputError
from core.lab.experiment import Experiment
from core.lab.uploads import Upload
from pages._ui import fields, settings
from pages._ui.plain import plain
from pages._ui.rooms import CONCERNS

SAID, TURN = "own:said", "own:turn"
SHOWN, PIXELS, ROOMS_TOLD = 12, 56, 4


def takes(experiment: Experiment) -> list[Field]:
    """Return the settings of a room that take what a visitor brings."""
    return [field for field in fields_of(experiment.config) if field.knob.takes]


def button(experiment: Experiment) -> None:
    """Draw the button that opens the dialog, where the room takes anything and the server lets anybody bring it."""
    if takes(experiment) and not (access.is_shared() and access.mode() == "demo") and st.button(
            "Your data", icon=":material/upload_file:", type="tertiary", key=f"{experiment.name}:own"):
        _dialog(experiment)


def draw(experiment: Experiment, config: Config) -> None:
    """Draw what was read of the uploads that the settings name, and what Run would make of them."""
    idle = config.idle()
    named = [(field, getattr(config, field.name)) for field in takes(experiment) if field.name not in idle]
    named = [(field, text) for field, text in named if uploads.names_one(text)]
    if not named:
        return
    found = {field.name: uploads.found_in(text) for field, text in named}
    if gone := [field for field, _ in named if found[field.name] is None]:
        fields.say_wrong(f"{gone[0].knob.label}: {uploads.GONE}")
        return
    for field, _ in named:
        with st.expander(f"{field.knob.label}: {plain(found[field.name].name)}", icon=":material/upload_file:", expanded=len(named) == 1):
            _read(found[field.name], key=f"{experiment.name}:{field.name}")
    _ready(experiment, config)


def _ready(experiment: Experiment, config: Config) -> None:
    """Say whether Run would take the data, and what it would fit; looked at once for each choice of settings."""
    key = f"{experiment.name}:seen"
    if st.session_state.get(key, (None,))[0] != config:
        try:
            with st.spinner("Looking at your data"):
                said = reading.preview(experiment, config, settings.chosen(experiment, config))
            st.session_state[key] = (config, said, "")
        except InputError as error:
            st.session_state[key] = (config, "", str(error))
    _, said, wrong = st.session_state[key]
    if wrong:
        fields.say_wrong(wrong)
    else:
        st.caption(f":material/check: Run takes it{': ' + plain(said) if said else ' as it is'}.")


@st.dialog("Your data", position="right")
def _dialog(experiment: Experiment) -> None:
    most = quotas.quotas().upload_mb
    whose = "Nobody else sees it, and" if access.is_shared() else "It stays in this house, and"
    st.caption("Images or outputs as .npz, images in class folders as .zip, tables, texts or prompts as .csv, models as .onnx or "
               f".safetensors. {whose} it is read before anything runs. At most {most} MB.")
    key = f"own:file:{st.session_state.setdefault(TURN, 0)}"
    st.file_uploader("Bring a file", type=[suffix[1:] for suffix in uploads.KINDS], key=key, max_upload_size=most, on_change=_take,
                     args=(key,))
    latest, wrong = st.session_state.get(SAID, ("", ""))
    if wrong:
        fields.say_wrong(wrong)
        st.session_state[SAID] = (latest, "")  # said once
    held = uploads.mine()
    for upload in held[:SHOWN]:
        with st.container(border=True, gap="xsmall"):
            _card(experiment, upload, is_open=upload.hash == latest)
    if len(held) > SHOWN:
        st.caption(f"{len(held) - SHOWN} older ones are not shown: delete some of these to see them.")
    if not held:
        st.caption("Nothing is here yet.")


def _card(experiment: Experiment, upload: Upload, *, is_open: bool) -> None:
    """Draw one upload: what was read, what may be done with it."""
    st.markdown(f"**{plain(upload.name)}** :gray[{upload.n_bytes / 2**20:.1f} MB]")
    if is_open:
        _read(upload, key=f"own:{upload.hash}")
    else:
        st.caption(plain(upload.look["words"]))
    places = [(field, field.knob.takes[use]) for field in takes(experiment) for use in upload.look["uses"] if use in field.knob.takes]
    with st.container(horizontal=True, gap="small"):
        for field, template in places:
            if st.button(f"Use as {field.knob.label.lower()}", key=f"own:{upload.hash}:{field.name}", icon=":material/arrow_forward:",
                         on_click=_use, args=(experiment, field, upload.source(template))):
                st.rerun()
        st.button("Delete", key=f"own:{upload.hash}:delete", icon=":material/delete:", type="tertiary", on_click=_delete, args=(upload,))
    if not places:
        st.caption(f"Nothing here takes it. {_elsewhere(upload)}")


def _elsewhere(upload: Upload) -> str:
    rooms = [f"{concern.title}, {room.label}" for concern in CONCERNS for room in concern.rooms
             if any(use in field.knob.takes for field in takes(room.experiment) for use in upload.look["uses"])]
    return f"These do: {'; '.join(rooms[:ROOMS_TOLD])}." if rooms else ""


def _read(upload: Upload, key: str) -> None:
    """Draw what was read of an upload: sizes, what was changed, classes, groups, sixteen images."""
    look = upload.look
    st.caption(plain(look["words"]))
    for note in look["notes"]:
        st.caption(f":material/edit_note: {plain(note)}")
    if pictures := upload.pictures():
        with st.container(horizontal=True, gap="xsmall"):
            for address, name in pictures:
                st.image(address, width=PIXELS, alt=f"A training image of {name}.")
    for title, rows in (("Class", look.get("classes")), ("Group", look.get("groups"))):
        if rows:
            table = pd.DataFrame(rows, columns=[title, "Training", "Test"])
            shown = table if table["Test"].any() else table[[title, "Training"]].rename(columns={"Training": "Rows"})
            st.dataframe(shown, hide_index=True, height=min(220, 38 + 35 * len(rows)), key=f"{key}:{title}")


def _take(key: str) -> None:
    """Keep the file that was dropped, and empty the box, so that the server holds it once."""
    given = st.session_state.get(key)
    if given is None:
        return
    try:
        st.session_state[SAID] = (uploads.keep(given.name, given.getvalue()).hash, "")
    except GlasshouseError as error:
        st.session_state[SAID] = ("", str(error))
    st.session_state[TURN] = st.session_state.get(TURN, 0) + 1


def _use(experiment: Experiment, field: Field, source: str) -> None:
    """Let a setting name an upload; where another one puts it to rest, that one takes its default again."""
    try:
        settings.change(experiment, {field.name: source})
        others = {one.name: one.default for one in takes(experiment) if one.name != field.name}
        if field.name in settings.current(experiment).config.idle():
            settings.change(experiment, others)
    except InputError as error:
        settings.refuse(experiment, error)


def _delete(upload: Upload) -> None:
    try:
        uploads.delete(upload.hash)
        st.session_state[SAID] = ("", "")
    except GlasshouseError as error:
        st.session_state[SAID] = ("", str(error))
