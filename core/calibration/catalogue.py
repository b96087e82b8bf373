"""The methods by name: what they are called, what they cost, where they come from. Imports no torch; the code is named as text."""

from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class MethodFacts:
    """One method.

    Attributes:
        title: Its name on screen.
        help: What it does, in one sentence.
        forwards: Forward passes a batch.
        backwards: Backward passes a batch.
        place: ``module:CLASS`` of its adapter.
        source: Where it comes from.
        needs_batch_norm: Whether it is about BatchNorm and has no meaning without.
    """

    title: str
    help: str
    forwards: float
    backwards: int
    place: str
    source: str
    needs_batch_norm: bool = False


def _at(name: str, adapter: str) -> str:
    return f"core.calibration.methods.{name}:{adapter}"


METHODS = MappingProxyType({
    "source": MethodFacts("Source", "The network as it was trained.", 1, 0, _at("source", "Source"), ""),
    "bn": MethodFacts("BatchNorm statistics", "Means and variances are taken from the batch; no weight moves.", 1, 0,
                      _at("batch_statistics", "BatchStatistics"), "Nado et al. 2020, arXiv 2006.10963", True),
    "tent": MethodFacts("TENT", "Lowers the entropy of its own predictions by the scales and shifts of its norms.", 1, 1,
                        _at("tent", "Tent"), "Wang et al. 2021, ICLR, arXiv 2006.10726"),
    "eta": MethodFacts("ETA", "TENT on reliable, non-redundant images alone.", 1, 1, _at("eta", "Eta"),
                       "Niu et al. 2022, ICML, arXiv 2204.02610"),
    "infomax": MethodFacts("Information maximisation", "Sure on each image, spread over the classes on average.", 1, 1,
                           _at("infomax", "InfoMax"), "Liang et al. 2020, ICML, arXiv 2002.08546 (SHOT)"),
    "come": MethodFacts("COME", "Lowers the entropy of a subjective opinion whose length is held.", 1, 1, _at("come", "Come"),
                        "Zhang et al. 2025, ICLR, arXiv 2410.10894"),
    "t3a": MethodFacts("T3A", "Replaces the head by the mean features of the surest images; no weight moves.", 1, 0, _at("t3a", "T3a"),
                       "Iwasawa and Matsuo 2021, NeurIPS"),
    "dec": MethodFacts("Certainty distillation", "Learns from a frozen teacher, each image softened by its own temperature.", 2, 1,
                       _at("distillation", "PerSample"), "Amin and Kim, arXiv 2404.16168 (Dynamic Entropy Control)"),
    "fixed": MethodFacts("Same, one temperature", "The same distillation with one temperature for all images of the stream.", 2, 1,
                         _at("distillation", "OneTemperature"), "Ablation of the house"),
    "released": MethodFacts("Same, as released", "As the released notebook does it: all weights, SGD, a teacher with source statistics.",
                            2, 1, _at("distillation_released", "AsReleased"), "Notebook of DynamicEntropyControl, July 2025"),
    "dropout": MethodFacts("MC dropout", "Batch statistics, and the mean over ten dropout masks on the features.", 1, 0,
                           _at("mc_dropout", "McDropout"), "Gal and Ghahramani 2016, ICML"),
    "ensemble": MethodFacts("Ensemble of three", "Batch statistics, and the mean of three networks.", 3, 0, _at("ensemble", "Ensemble"),
                            "Lakshminarayanan et al. 2017, NeurIPS"),
    "wise": MethodFacts("WiSE-FT", "Predicts half way between the weights of TENT and the source's.", 2, 1, _at("weight_space", "Wise"),
                        "Wortsman et al. 2022, CVPR"),
    "soup": MethodFacts("Model soup", "Predicts with the mean weights of three TENTs at different rates.", 4, 3,
                        _at("weight_space", "Soup"), "Wortsman et al. 2022, ICML"),
})
LITE_METHODS = ("source", "bn", "tent", "eta", "infomax", "t3a", "dec", "fixed")
POST_HOC = MappingProxyType({
    "none": "As it comes", "home": "Temperature from home", "stream": "Temperature of the stream", "sample": "A temperature each",
    "oracle": "Best temperature"})
SHORT = MappingProxyType({  # where a figure has little room: a phone, a legend
    "bn": "Statistics", "infomax": "Information max.", "dec": "Distillation", "fixed": "One temperature", "released": "As released",
    "ensemble": "Ensemble", "soup": "Soup"})
SHORT_POST_HOC = MappingProxyType({
    "none": "as it comes", "home": "from home", "stream": "of the stream", "sample": "one each", "oracle": "best"})


def short(method: str) -> str:
    """Return a name for where there is little room."""
    return SHORT.get(method, METHODS[method].title)
