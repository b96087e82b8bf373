"""The brief: what your shift will cost, in a sentence that a lay person can repeat, and what was not tested."""

from core.lab.runs import Run

UNTESTED = (
    "Whether your data is like the stored shifts that the guess is made from.",
    "Energy and hours on your machine: images are counted.",
)


def plain(run: Run) -> str:
    """Return the finding in counts, from the headline numbers alone."""
    images, low, high = (run.estimate(name).value for name in ("images", "images_low", "images_high"))
    return f"Retraining on these data will take about {images:,.0f} images, between {low:,.0f} and {high:,.0f} going by what is stored."
