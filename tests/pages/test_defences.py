"""The two defence rooms in every state: the trade-off map, and one defence alone."""

import shutil

import pytest

from core.lab import jobs
from core.lab.jobs import Status
from core.privacy.defence.spec import PRIVACY_DEFENCE
from core.privacy.map.spec import PRIVACY_MAP
from pages._rooms.privacy import one_defence
from pages._ui import settings
from tests.pages import defence_runs
from tests.pages.conftest import judged, press, words

MAP, ALONE = "privacy_map", "privacy_defence"


@pytest.fixture(scope="session")
def defence_home(tmp_path_factory):
    home = tmp_path_factory.mktemp("defences")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GLASSHOUSE_ENERGY", "off")
        patch.setenv("GLASSHOUSE_HOME", str(home))
        return home, defence_runs.store_all(home)


@pytest.fixture
def stored(defence_home, own_home):
    """Ids of stored runs: "map", and one for each of five methods."""
    shutil.copytree(defence_home[0], own_home, dirs_exist_ok=True)
    return defence_home[1]


@pytest.fixture
def shipped(defence_home, empty_gallery):
    """Ids of the same runs, which here ship with the house."""
    shutil.copytree(defence_home[0], empty_gallery)
    return defence_home[1]


@pytest.mark.parametrize("page", [MAP, ALONE])
def test_an_empty_house_offers_the_first_run(open_page, page):
    opened = open_page(page)
    assert "Grow the first result" in words(opened)
    assert not opened.get("plotly_chart")


def test_a_map_is_answer_numbers_figure_and_all_claims(open_page, stored):
    page = open_page(MAP, run=stored["map"])
    assert page.header[0].value.startswith("Not decided: for two points")
    assert len(page.metric) == 4
    said = words(page)
    assert set() < judged(page) <= {(claim.statement, claim.control_words) for claim in PRIVACY_MAP.claims}, "the others have no number"
    assert "Reconstructed: SRCM." in said
    assert "Our reading of the abstract: PPTP" in said


@pytest.mark.parametrize("query", [{"leak": "Found at 1%"}, {"leak": "AUC, loss alone"}, {"focus": "SRCM alone"}, {"focus": "nonsense"},
                                   {"leak": "-1"}, {"evidence": "<b>"}])
def test_views_of_the_map(open_page, stored, query):
    assert len(open_page(MAP, run=stored["map"], **query).get("plotly_chart")) == 1


def test_each_curve_has_a_panel_of_its_own(open_page, stored):
    page = open_page(MAP, run=stored["map"], focus="A panel each")
    assert len(page.get("plotly_chart")) == 2
    assert {"### SRCM", "### PPTP"} <= {heading.value for heading in page.markdown}


@pytest.mark.parametrize("evidence, figures, said", [
    ("All points", 1, "Choose a row"), ("Magnitudes", 3, "classifier reads"), ("Ring", 2, "cosine classifier"),
    ("Loss levels", 2, "the level"), ("Critical weights", 3, "sits in few weights"), ("Rewinding", 2, "Accuracy after fine-tuning"),
    ("Regions", 3, "From this map"), ("Guarantee", 2, "at δ = 0")])
def test_evidence_comes_from_the_map_or_from_a_run_alone(open_page, stored, evidence, figures, said):
    page = open_page(MAP, run=stored["map"], evidence=evidence)
    assert len(page.get("plotly_chart")) == figures, "the map stands always"
    assert said in words(page).replace("\\", "")


def test_evidence_that_nobody_has_computed_says_how_to_get_it(open_page, stored, own_home):
    for run in (stored["srcm"], stored["crl"]):
        shutil.rmtree(own_home / "runs" / run)
    assert "SRCM has not run alone yet" in words(open_page(MAP, run=stored["map"], evidence="Ring"))
    assert "CRL has not run alone yet" in words(open_page(MAP, run=stored["map"], evidence="Loss levels"))


def test_one_class_alone_has_magnitudes_too(open_page, stored):
    page = open_page(ALONE, run=stored["srcm"], evidence="Magnitudes")
    classes = next(box for box in page.selectbox if box.label == "Class")
    classes.set_value("2").run()
    assert not page.exception
    assert len(page.get("plotly_chart")) == 4


@pytest.mark.parametrize("name, first, figures", [("srcm", "Ring", 3), ("crl", "Loss levels", 3), ("rewinding", "Critical weights", 4),
                                                  ("pptp", "Regions", 4), ("dp_sgd", "Guarantee", 3)])
def test_one_defence_shows_its_own_evidence_first(open_page, stored, name, first, figures):
    page = open_page(ALONE, run=stored[name])
    assert next(group for group in page.button_group if group.key == "evidence").options[0] == first
    assert len(page.get("plotly_chart")) == figures, "attacks before and after stand always"
    assert "one seed" in page.header[0].value


def test_epsilon_never_stands_without_delta(open_page, stored):
    said = words(open_page(ALONE, run=stored["dp_sgd"])).replace("\\", "")
    assert "ε = " in said
    assert "δ = 0.0001" in said
    assert "The attacks prove epsilon to be at least" in said


@pytest.mark.parametrize("name, tag", [("srcm", "Reconstructed"), ("pptp", "Our reading of the abstract"), ("crl", "As published")])
def test_how_faithful_a_method_is_stands_beside_it(open_page, stored, name, tag):
    assert tag in words(open_page(ALONE, run=stored[name]))


def test_a_point_opens_its_stored_run(open_page, stored):
    page = open_page(ALONE, point=f"{stored['map']}~srcm~15")
    assert page.query_params["run"] == stored["srcm"] or page.query_params["run"] == [stored["srcm"]]
    assert "SRCM takes the attack" in page.header[0].value


def test_a_point_without_a_run_fills_the_bar(open_page, stored):
    page = open_page(ALONE, point=f"{stored['map']}~srcm~25")
    assert "Grow the first result" in words(page)
    assert next(box for box in page.selectbox if box.label == "Defence").value == "srcm"
    assert next(box for box in page.text_input if box.label == "Strength (0: middle)").value == "25"
    assert page.session_state["privacy_defence:settings"].config == one_defence.settings_at(defence_runs.MAP, "srcm", 25.0)


@pytest.mark.parametrize("point", ["", "a~b", "x~srcm~1~2", "../../etc~srcm~1", "{map}~nothing~1", "{map}~srcm~nan", "{map}~srcm~1e9",
                                   "{srcm}~srcm~15", "{map}~early_stopping~1.5"])
def test_an_address_that_names_no_point_changes_nothing(open_page, stored, point):
    page = open_page(ALONE, point=point.format(**stored))
    assert "Grow the first result" in words(page)
    assert page.session_state["privacy_defence:settings"].config == PRIVACY_DEFENCE.presets[0].config


def test_another_defence_takes_its_own_middle_strength(open_page, stored):
    page = open_page(ALONE, point=f"{stored['map']}~srcm~25")
    next(box for box in page.selectbox if box.label == "Defence").set_value("crl").run()
    assert not page.exception
    assert next(box for box in page.text_input if box.label == "Strength (0: middle)").value == "0"
    assert "In the bar: CRL" in words(page)


def bar(page, label):
    """Return the box of the set-up bar with that label."""
    return next(box for box in page.selectbox if box.label == label)


def network(page):
    """Return the network that Run would train."""
    return page.session_state["privacy_defence:settings"].config.model


def test_who_chooses_dp_sgd_in_the_bar_gets_its_network_and_is_told(open_page):
    page = open_page(ALONE)
    bar(page, "Defence").set_value("dp_sgd").run()
    assert not page.exception
    assert network(page) == "cnn_groupnorm"
    assert "In the bar: DP-SGD" in words(page)
    assert "so the model is now" in words(page)
    press(page, "Strong, 1")
    assert network(page) == "cnn_groupnorm"
    assert "so the model is now" not in words(page), "said once"
    bar(page, "Defence").set_value("crl").run()
    assert network(page) == "cnn"
    assert "usual one again" in words(page)


def test_who_chooses_dp_sgd_among_all_settings_gets_its_network_and_is_told(open_page):
    page = press(open_page(ALONE), "All settings")
    page.selectbox(key="privacy_defence:all:defence").set_value("dp_sgd")
    press(page, "Use these settings")
    assert network(page) == "cnn_groupnorm"
    assert "so the model is now" in words(page)


def test_who_comes_from_the_map_for_dp_sgd_gets_its_network_and_is_told(open_page, stored):
    page = open_page(ALONE, point=f"{stored['map']}~dp_sgd~10")
    assert bar(page, "Defence").value == "dp_sgd"
    assert network(page) == "cnn_groupnorm"
    assert "so the model is now" in words(page)


def test_a_network_that_does_not_fit_is_still_refused(open_page):
    page = open_page(ALONE)
    bar(page, "Defence").set_value("dp_sgd").run()
    press(page, "All settings")
    page.selectbox(key="privacy_defence:all:model").set_value("cnn")
    press(page, "Use these settings")
    assert network(page) == "cnn_groupnorm"
    assert "needs a network without BatchNorm" in words(page).replace("\\", "")


def finished(page):
    """Return the row of finished defences."""
    return next(group for group in page.button_group if group.key == "finished")


def test_a_finished_defence_is_one_press(open_page, shipped):
    page = open_page(ALONE, run=shipped["srcm"])
    assert finished(page).options == ["SRCM", "CRL", "Critical-weight rewinding", "PPTP", "DP-SGD"], "as the catalogue lists them"
    assert finished(page).value == shipped["srcm"]
    finished(page).set_value(shipped["rewinding"]).run()
    assert not page.exception
    assert page.session_state["privacy_defence:run"] == shipped["rewinding"]
    assert "Critical-weight rewinding takes the attack" in page.header[0].value
    assert bar(page, "Defence").value == "rewinding"


@pytest.mark.parametrize("name, evidence", [("crl", "Ring"), ("dp_sgd", "Regions"), ("srcm", "Guarantee")])
def test_evidence_that_another_defence_lacks_gives_way_to_its_own(open_page, shipped, name, evidence):
    page = open_page(ALONE, run=shipped[name], evidence=evidence)
    assert len(page.get("plotly_chart")) >= 3


def test_evidence_of_the_map_comes_from_the_house_too(open_page, shipped):
    page = open_page(MAP, run=shipped["map"], evidence="Ring")
    assert len(page.get("plotly_chart")) == 2
    assert "cosine classifier" in words(page)


def test_a_strength_is_one_press(open_page, stored):
    page = press(open_page(ALONE), "Strong, 1")
    assert page.session_state["privacy_defence:settings"].config.strength == 1.0
    assert next(box for box in page.text_input if box.label == "Strength (0: middle)").value == "1"


def test_a_strength_out_of_range_is_refused_in_words(open_page):
    page = open_page(ALONE)
    next(box for box in page.text_input if box.label == "Strength (0: middle)").set_value("50").run()
    assert not page.exception
    assert "must lie in" in words(page).replace("\\", "")
    next(box for box in page.text_input if box.label == "Strength (0: middle)").set_value("much").run()
    assert "must be a number" in words(page).replace("\\", "")


@pytest.mark.parametrize("page, experiment, config", [(MAP, PRIVACY_MAP, defence_runs.MAP),
                                                      (ALONE, PRIVACY_DEFENCE, defence_runs.alone("srcm"))])
def test_a_failed_run_says_why_and_what_to_do(open_page, own_home, page, experiment, config):
    asked = jobs.make_request(experiment, config, (7,), preset=settings.CUSTOM, device="cpu")
    run = defence_runs.leave(own_home, asked, Status(
        "failed", started=1.0, ended=2.0, message="The disk is full: free some space, then run again."))
    opened = open_page(page, run=run)
    assert "The disk is full" in [heading.value for heading in opened.subheader]
    assert not opened.error


@pytest.mark.parametrize("page, name", [(MAP, "map"), (ALONE, "rewinding")])
def test_present_shows_one_figure(open_page, stored, page, name):
    opened = open_page(page, run=stored[name])
    opened.session_state["present"] = True
    opened.run()
    assert not opened.exception
    assert len(opened.get("plotly_chart")) == 1
    assert "In the bar" not in words(opened)


@pytest.mark.parametrize("page, name", [(MAP, "map"), (ALONE, "srcm")])
def test_predict_hides_the_answer_until_it_is_revealed(open_page, stored, page, name):
    opened = open_page(page, run=stored[name], predict="1")
    assert not opened.header
    press(opened, "Reveal")
    assert "You guessed, here it is" in words(opened)
