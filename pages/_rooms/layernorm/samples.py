"""The wrongly labelled samples of the LayerNorm room, with what the models say of them, epoch by epoch."""

import pandas as pd
import streamlit as st

from core.lab.figure import CONFIG, Look
from core.lab.runs import Run
from core.layernorm.panels import TITLES, placements_of
from core.layernorm.study import figures_samples
from core.layernorm.variants import PLACEMENT_TITLES
from pages._ui import samples
from pages._ui.plain import plain


def draw(run: Run, variant: str, look: Look) -> None:
    """Draw the samples of the first seed: true, given and predicted label of the intact model and of another, after a chosen epoch.

    Args:
        run: The run on show.
        variant: What stands beside the intact model.
        look: Ink and scale of the figure of a chosen sample.
    """
    result = run.results[0]
    if result.samples.empty:
        return
    st.space("small")
    st.header("The samples with a wrong label", anchor=False)
    placements = placements_of(run)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        placement = st.segmented_control("Model", placements, default=placements[0], format_func=PLACEMENT_TITLES.__getitem__,
                                         required=True, key="samples-of", bind="query-params", label_visibility="collapsed")
        epochs = sorted(int(epoch) for epoch in result.predictions["epoch"].unique())
        epoch = st.select_slider("After epoch", epochs, value=epochs[-1], key="samples-epoch", width=320)
    of_model = result.predictions[result.predictions["placement"] == placement]
    rows, order = table(result, of_model[of_model["epoch"] == epoch], variant)
    row = samples.table(rows, key=f"noisy:{placement}", alt=f"{len(rows)} samples with a wrong label, after epoch {epoch}.", columns=order)
    st.caption(plain(summary(rows, variant, epoch)) + " First seed. Choose a row to follow that sample through the epochs.")
    if row is not None:
        sample = int(result.samples["sample"].iloc[row])
        draw_sample(rows.iloc[row], of_model[of_model["sample"] == sample], variant, look)


def draw_sample(row: pd.Series, said: pd.DataFrame, variant: str, look: Look) -> None:
    """Draw one sample, and how probable its labels become in the intact model and in another."""
    with st.container(border=True, gap="xsmall"):
        st.markdown(f"### {plain(row['true'])}, labelled {plain(row['given'])}")
        if "image" in row:
            st.image(row["image"], width=120, alt=f"The image, truly of class {row['true']}.")
        else:
            st.markdown(plain(row["text"], most=2000))
        variants = ("intact", variant)
        st.plotly_chart(figures_samples.over_epochs(said, variants, look), key="sample", theme=None, config=CONFIG,
                        alt=figures_samples.alt_text(said, variants))
        st.caption("The probabilities of all classes sum to one; those of the other classes are left out.")


def table(result: object, said: pd.DataFrame, variant: str) -> tuple[pd.DataFrame, dict[str, object]]:
    """Return one row per sample, and how its columns are shown."""
    names = dict(zip(result.classes["y"], result.classes["name"], strict=True))
    noisy = result.samples.reset_index(drop=True)
    is_text = bool((noisy["text"] != "").any())
    rows = pd.DataFrame({"true": noisy["y_true"].map(names), "given": noisy["y_noisy"].map(names)})
    if is_text:
        rows["text"] = noisy["text"]
    else:
        rows["image"] = [samples.as_uri(image) for image in result.sample_images]
    first = {"text": st.column_config.TextColumn("Text", width="medium", pinned=True)} if is_text else {
        "image": st.column_config.ImageColumn("Image", width="small", pinned=True)}
    columns: dict[str, object] = {**first, "true": "True label", "given": "Wrong label given"}
    for name in ("intact", variant):
        mine = said[said["variant"] == name].set_index("sample")
        if mine.empty:
            continue
        rows[f"pred_{name}"] = noisy["sample"].map(mine["y_pred"]).map(names)
        rows[f"p_{name}"] = 100 * noisy["sample"].map(mine["p_noisy"])
        columns |= {f"pred_{name}": f"{TITLES[name]} says",
                    f"p_{name}": st.column_config.ProgressColumn(
                        "Wrong label", format="%.0f%%", min_value=0, max_value=100, help="Probability given to the wrong label.")}
    return rows, columns


def summary(rows: pd.DataFrame, variant: str, epoch: int) -> str:
    """Return how many of the samples shown each model gives back, in a sentence."""
    parts = []
    for name in ("intact", variant):
        if f"pred_{name}" in rows:
            back, true = (int((rows[f"pred_{name}"] == rows[label]).sum()) for label in ("given", "true"))
            parts.append(f"{TITLES[name].lower() if name != 'elr' else TITLES[name]}: {back} memorised, {true} recovered")
    return f"After epoch {epoch}, of {len(rows)}: " + "; ".join(parts) + "."
