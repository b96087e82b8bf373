"""Still pictures of plotly figures: where values stand, by hand; and what no still picture can show."""

import re
from xml.etree import ElementTree

import plotly.graph_objects as go
import pytest

from core.lab.figure import LIGHT, canvas, label
from core.lab.svg import picture
from core.lab.svg.axes import Axis
from core.lab.svg.text import width_of


def drawn(figure: go.Figure) -> ElementTree.Element:
    """Return the picture parsed: a picture that is no XML is none."""
    return ElementTree.fromstring(picture.draw(figure, 'Says "a < b".', name="one"))


def all_of(picture: ElementTree.Element, tag: str) -> list[ElementTree.Element]:
    return picture.findall(f".//{{http://www.w3.org/2000/svg}}{tag}")


def axis(**said) -> Axis:
    made = Axis(go.layout.XAxis(**said), is_vertical=False, end=100.0)
    made.settle([], with_zero=False)
    return made


@pytest.mark.parametrize("said, value, place", [
    ({"range": [0, 10]}, 2.5, 25.0), ({"range": [10, 0]}, 2.5, 75.0), ({"range": [-3, -1], "type": "log"}, 0.01, 50.0)])
def test_a_value_stands_where_its_axis_says(said, value, place):
    assert axis(**said).at(value) == pytest.approx(place)


@pytest.mark.parametrize("said, labels", [
    ({"range": [0, 1], "tickformat": ".0%"}, ["0%", "20%", "40%", "60%", "80%", "100%"]),
    ({"range": [-4, 0], "type": "log", "tickformat": "~%"}, ["0.01%", "0.1%", "1%", "10%", "100%"]),
    ({"range": [-1, 1], "tickvals": [-1, 1], "ticktext": ["low", "high"]}, ["low", "high"]),
    ({"range": [-2, 2], "dtick": 2}, ["−2", "0", "2"])])
def test_ticks_read_as_the_figure_wants_them(said, labels):
    assert [text for _, text in axis(**said).ticks()] == labels


def test_a_line_passes_through_its_points_and_gaps_stay_gaps():
    figure = canvas(LIGHT, x="epoch", y="loss")
    figure.add_scatter(x=[0, 1, 2, 3], y=[0.0, 1.0, None, 1.0], mode="lines", line={"dash": "dash", "color": "#123456"})
    figure.update_xaxes(range=[0, 3])
    line = next(one for one in all_of(drawn(figure), "path") if one.get("stroke") == "#123456")
    assert line.get("d").count("M") == 2
    assert line.get("stroke-dasharray")


def test_stacked_bars_stand_on_each_other_and_hatches_are_kept():
    figure = canvas(LIGHT, x="share", y="").update_layout(barmode="stack")
    for value, colour in ((0.25, "#111111"), (0.75, "#222222")):
        figure.add_bar(x=[value], y=["only"], orientation="h", marker={"color": colour, "pattern": {"shape": "/"}})
    bars = {one.get("fill"): one for one in all_of(drawn(figure), "rect")}
    first, second = bars["#111111"], bars["#222222"]
    assert float(second.get("x")) == pytest.approx(float(first.get("x")) + float(first.get("width")), abs=0.2)
    assert float(second.get("width")) == pytest.approx(3 * float(first.get("width")), rel=0.01)
    assert "url(#hatch47)" in bars


def test_whiskers_end_where_the_interval_ends():
    figure = canvas(LIGHT, x="x", y="y")
    figure.add_scatter(x=[1.0], y=["a"], mode="markers", error_x={"type": "data", "array": [1.0], "arrayminus": [0.5], "color": "#ABCDEF"})
    figure.update_xaxes(range=[0, 4])
    whisker = next(one for one in all_of(drawn(figure), "line") if one.get("stroke") == "#ABCDEF")
    dot = next(one for one in all_of(drawn(figure), "circle"))
    left, right, middle = (float(whisker.get("x1")), float(whisker.get("x2")), float(dot.get("cx")))
    assert (right - middle) == pytest.approx(2 * (middle - left), abs=0.3)


def test_names_written_by_others_stay_text_and_labels_stay_inside():
    figure = canvas(LIGHT, x="<script>x</script>", y="y")
    figure.add_scatter(x=[0, 1], y=[0, 1], name="a & b")
    label(figure, LIGHT, "a very long name that would leave the figure at its right edge", x=1, y=1, shift=(40, 0))
    made = drawn(figure)
    said = ["".join(one.itertext()) for one in all_of(made, "text")]
    assert "<script>x</script>" in said, "it reads as it was typed, and is no script"
    assert made.findall(".//script") == all_of(made, "script") == []
    assert made.get("aria-label") == 'Says "a < b".'
    long = next(one for one in all_of(made, "text") if "very long" in "".join(one.itertext()))
    right = float(long[0].get("x")) + width_of("".join(long.itertext()), float(long.get("font-size")))
    assert right <= picture.WIDTH + 1


def test_two_pictures_on_one_page_do_not_share_parts():
    figure = canvas(LIGHT, x="x", y="y").add_scatter(x=[0, 1], y=[0, 1])
    both = [set(re.findall(r"id='([^']+)'", picture.draw(figure, "a", name=name))) for name in ("one", "two")]
    assert {name for name in both[0] & both[1] if not name.startswith("hatch")} == set()


def test_what_only_a_script_can_draw_is_left_to_it():
    assert picture.draw(go.Figure(go.Pie(values=[1, 2])), "a", name="one") is None


def test_a_sankey_has_boxes_and_flows_as_wide_as_what_they_carry():
    figure = go.Figure(go.Sankey(node={"label": ["a <b>", "b", "c"], "color": ["#000"] * 3}, link={
        "source": [0, 1], "target": [2, 2], "value": [3.0, 1.0], "color": ["#111", "#222"]}))
    made = drawn(figure)
    heights = [float(box.get("height")) for box in all_of(made, "rect")]
    assert heights[0] == pytest.approx(3 * heights[1], abs=0.2)
    assert heights[2] == pytest.approx(heights[0] + heights[1], abs=0.2)
    assert len(all_of(made, "path")) == 2
    assert picture.draw(go.Figure(go.Sankey(link={"source": [0, 1], "target": [1, 2], "value": [1, 1]})), "a", name="one") is None
