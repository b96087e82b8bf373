"""Other methods against spurious correlations, as a literal table: what each does, and which labels it must be given. Torch-free."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Rival:
    """One method.

    Attributes:
        id: Slug.
        title: Its name on screen.
        rule: What it does, in one sentence.
        labels: Which labels it needs beside the classes, in words.
        needs_groups: Whether it must be told which images carry the mark.
        source: Where it comes from.
    """

    id: str
    title: str
    rule: str
    labels: str
    needs_groups: bool
    source: str


RIVALS: tuple[Rival, ...] = (
    Rival("erm", "Plain training", "Minimises the mean loss over all images.", "none", False, "the base line"),
    Rival("jtt", "JTT", "Trains briefly, then again with the images it got wrong counting several times.",
          "none; its tuning needs groups of a validation set, not done here", False,
          "Liu et al. 2021, Just Train Twice, algorithm 1"),
    Rival("group_dro", "GroupDRO", "Weights the groups by their loss, so that the worst counts most.",
          "group of every training image", True,
          "Sagawa et al. 2020, Distributionally Robust Neural Networks, algorithm 1"),
    Rival("dfr", "DFR", "Keeps the features and fits the last layer again on held-out images, equally many of each group.",
          "group of every held-out image, the harmed class marked too", True,
          "Kirichenko, Izmailov and Wilson 2023, Last Layer Re-Training is Sufficient, section 4"),
)
