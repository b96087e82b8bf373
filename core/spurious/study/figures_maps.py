"""Attribution: how much of it falls on the mark, the maps themselves, and the check that maps rank informative pixels high."""

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from core.data.marks import mark_area
from core.lab import words
from core.lab.figure import FONT, Look, canvas, label
from core.lab.palette import MARKS, NEUTRAL, faint
from core.lab.runs import Run
from core.spurious.figures_means import means, percent_axis, said, whiskers

METHOD_WORDS = {
    "integrated_gradients": "Integrated gradients", "grad_cam": "Grad-CAM", "input_gradient": "Gradient", "random": "Random map"}
MODELS = {
    "clean": "Clean network", "none": "Nothing pruned", "random": "Random pruned", "hardest": "Hardest pruned",
    "oracle_easiest": "Easy carriers pruned", "oracle_hardest": "Hard carriers pruned"}
SHORT_MODELS = {"clean": "clean", "none": "before", "hardest": "hardest<br>gone", "random": "random<br>gone",
                "oracle_hardest": "hard<br>carriers<br>gone", "oracle_easiest": "easy<br>carriers<br>gone"}
IMAGES_SHOWN = 3
STRONG = 0.995  # the share of pixels that the colour scale covers; a few stronger ones would make all others pale
AGAINST, TOWARDS = "#2663C9", "#B13E06"  # the two sides of the diverging scale of the theme


def methods(run: Run) -> dict[str, str]:
    """Return the attribution methods of a run, id to words."""
    there = run.table("attribution")["method"].unique()
    return {method: METHOD_WORDS.get(method, method) for method in there}


def attribution(run: Run, look: Look, *, method: str = "integrated_gradients") -> go.Figure | None:
    """Return the share of attribution on the mark, one dot per network; dotted: the share of the image that the mark covers."""
    table = run.table("attribution")
    rows = means(table[table["method"] == method], ["model"], ["share_on_mark"])
    if rows.empty:
        return None
    order = [model for model in reversed(MODELS) if model in set(rows["model"])]
    rows = rows.set_index("model").loc[order].reset_index()
    names = [MODELS[model] for model in order]
    colours = [look.ink if model in ("clean", "none") else MARKS["defended"].colour if "hardest" in model else NEUTRAL for model in order]
    figure = canvas(look, x="attribution on the mark", y="", height=int(130 + 42 * look.scale * len(rows)))
    area = float(table["area"].mean())
    figure.add_vline(x=area, line={"color": NEUTRAL, "width": look.size(2.5), "dash": "dot"})
    hover = [f"<b>{name}</b><br>{said(row, 'share_on_mark')} of the attribution is on the mark"
             for name, row in zip(names, rows.itertuples(), strict=True)]
    figure.add_scatter(
        x=rows["share_on_mark"], y=names, mode="markers", text=hover, hovertemplate="%{text}<extra></extra>",
        error_x=whiskers(rows, "share_on_mark", look),
        marker={"size": look.size(12), "color": colours, "line": {"width": 2, "color": colours},
                "symbol": ["circle-open" if model == "clean" else "circle" if model == "none" else "square" for model in order]})
    top = float(np.nanmax(rows[["share_on_mark", "share_on_mark_high"]].to_numpy()))
    figure.update_xaxes(range=[0, top * 1.12], nticks=4, tickformat=".0%" if top > 0.04 else ".1%")
    figure.update_yaxes(range=[-0.6, len(rows) - 0.1], tickmode="linear", categoryorder="array", categoryarray=names)
    label(figure, look, "share of the area", x=area, y=len(rows) - 0.5, shift=(22, -8), bold=False)
    return figure


def attribution_alt(run: Run) -> str:
    """Return the share of attribution on the mark before and after."""
    before, after, clean = (words.number(run.estimate(f"attribution_{name}").value, "%") for name in ("before", "after", "clean"))
    return f"{before} of integrated gradients is on the mark before, {after} once the hard carriers are gone, {clean} in a clean network."


def maps(run: Run, look: Look, *, method: str = "integrated_gradients", seed: int = 0) -> go.Figure | None:
    """Return a few marked test images beside their maps under each network: orange speaks for the biased class, blue against."""
    result = run.results[seed]
    table = result.maps[result.maps["method"] == method]
    if table.empty:
        return None
    images = list(dict.fromkeys(table["image"]))[:IMAGES_SHOWN]
    models = [model for model in ("clean", "none", "hardest", "oracle_hardest") if model in set(table["model"])]
    figure = make_subplots(rows=len(images), cols=1 + len(models), horizontal_spacing=0.015, vertical_spacing=0.02)
    for row, image in enumerate(images, start=1):
        strongest = float(np.quantile(np.abs(result.attribution_maps[table.index[table["image"] == image]]), STRONG)) or 1.0
        _picture(figure, result.example_images[image], row)
        for column, model in enumerate(models, start=2):
            places = table.index[(table["model"] == model) & (table["image"] == image)]
            if len(places):
                _map(figure, np.clip(result.attribution_maps[places[0]] / strongest, -1, 1), row, column)
                _outline(figure, look, run, row, column)
    shares = result.attribution[result.attribution["method"] == method].set_index("model")["share_on_mark"]
    _tidy(figure, look, len(images), ["image", *(SHORT_MODELS[model] + _share(shares.get(model)) for model in models)])
    return figure


def _share(value: float | None) -> str:
    return "" if value is None or np.isnan(value) else f"<br><b>{value:.1%}</b>"


def _picture(figure: go.Figure, image: np.ndarray, row: int) -> None:
    if image.shape[-1] == 3:
        figure.add_trace(go.Image(z=image, hoverinfo="skip"), row=row, col=1)
        return
    figure.add_heatmap(z=image[..., 0], zmin=0, zmax=255, colorscale=[[0, "#000000"], [1, "#FFFFFF"]], showscale=False, hoverinfo="skip",
                       row=row, col=1)


def _map(figure: go.Figure, map_: np.ndarray, row: int, column: int) -> None:
    scale = [[0.0, AGAINST], [0.5, faint(NEUTRAL, 0.06)], [1.0, TOWARDS]]
    figure.add_heatmap(z=np.round(map_, 3), zmin=-1, zmax=1, colorscale=scale, showscale=False, row=row, col=column,
                       hovertemplate="attribution %{z:.2f}<extra></extra>")


def _outline(figure: go.Figure, look: Look, run: Run, row: int, column: int) -> None:
    """Frame the place of the mark, where it is a place and not the whole image."""
    config, shape = run.request.config, run.results[0].example_images.shape[1:3]
    if config.cue != "mark" or config.mark not in ("patch", "line"):
        return
    rows, columns = (np.flatnonzero(mark_area(config.mark, *shape, config.mark_size).any(axis=axis)) for axis in (1, 0))
    figure.add_shape(type="rect", x0=columns[0] - 0.5, x1=columns[-1] + 0.5, y0=rows[0] - 0.5, y1=rows[-1] + 0.5, row=row, col=column,
                     line={"color": look.ink, "width": look.size(1.5)})


def _tidy(figure: go.Figure, look: Look, n_rows: int, titles: list[str]) -> None:
    text = {"size": look.size(15), "color": look.ink, "family": FONT}
    figure.update_layout(height=int(96 + 118 * look.scale * n_rows), margin={"l": 4, "r": 4, "t": 92, "b": 4}, showlegend=False, font=text,
                         paper_bgcolor="rgba(0,0,0,0)", plot_bgcolor="rgba(0,0,0,0)", template={})
    shown = figure._grid_ref
    for row in range(1, n_rows + 1):
        for column, title in enumerate(titles, start=1):
            reference = shown[row - 1][column - 1][0].trace_kwargs
            axis = reference["xaxis"]
            blank = {"showticklabels": False, "showgrid": False, "zeroline": False, "ticks": "", "constrain": "domain",
                     "tickfont": {"color": look.ink}, "title": {"text": "", "font": {"color": look.ink}}}
            figure.update_xaxes(row=row, col=column, **blank)
            figure.update_yaxes(row=row, col=column, autorange="reversed", scaleanchor=axis, **blank)
            if row == 1:
                figure.add_annotation(text=title, xref=f"{axis} domain", yref=f"{reference['yaxis']} domain", x=0.5, y=1.0,
                                      yanchor="bottom", showarrow=False, font={**text, "size": look.size(14)})


def maps_alt(run: Run) -> str:
    """Return what the rows and columns of the maps are."""
    table = run.results[0].maps
    shown = min(IMAGES_SHOWN, table["image"].nunique())
    return f"{shown} marked test images, each beside its attribution maps under {table['model'].nunique()} networks."


def diffroar(run: Run, look: Look) -> go.Figure | None:
    """Return accuracy after retraining on the top and on the bottom pixels of each map; the distance is DiffROAR."""
    table = run.table("diffroar_levels")
    if table.empty:
        return None
    fraction = float(table["fraction"].min())
    rows = means(table[table["fraction"] == fraction], ["map"], ["accuracy_top", "accuracy_bottom"]).iloc[::-1]
    gaps = means(table[table["fraction"] == fraction], ["map"], ["diffroar"], (-1.0, 1.0)).set_index("map")
    names = [METHOD_WORDS.get(name, name) for name in rows["map"]]
    figure = canvas(look, x="accuracy, trained anew", y="", height=int(150 + 46 * look.scale * len(rows)))
    for name, row in zip(names, rows.itertuples(), strict=True):
        figure.add_scatter(x=[row.accuracy_bottom, row.accuracy_top], y=[name, name], mode="lines", hoverinfo="skip", showlegend=False,
                           line={"color": NEUTRAL, "width": look.size(3)})
    for column, words_, symbol in (("accuracy_bottom", "lowest pixels kept", "circle-open"),
                                   ("accuracy_top", "highest pixels kept", "circle")):
        hover = [f"<b>{name}</b><br>{words_}: {said(row, column)}<br>DiffROAR {said(gaps.loc[row.map], 'diffroar', 'pt')}"
                 for name, row in zip(names, rows.itertuples(), strict=True)]
        figure.add_scatter(x=rows[column], y=names, mode="markers", name=words_, text=hover, hovertemplate="%{text}<extra></extra>",
                           marker={"size": look.size(12), "color": look.ink, "symbol": symbol, "line": {"width": 2, "color": look.ink}})
    ends = rows[["accuracy_top", "accuracy_bottom"]].to_numpy()
    percent_axis(figure, "x", float(ends.min()) - 0.05, min(1.0, float(ends.max()) + 0.05))
    figure.update_xaxes(nticks=4)
    figure.update_yaxes(range=[-0.6, len(rows) - 0.4], tickmode="linear", categoryorder="array", categoryarray=names)
    figure.update_layout(showlegend=True, legend={"itemsizing": "constant", "font": {"size": look.size(14), "color": look.ink}})
    return figure


def diffroar_alt(run: Run) -> str:
    """Return DiffROAR of the maps and of the random control."""
    return (f"DiffROAR is {words.number(run.estimate('diffroar').value, 'pt', signed=True)} for integrated gradients and "
            f"{words.number(run.estimate('diffroar_random').value, 'pt', signed=True)} for a random ranking.")
