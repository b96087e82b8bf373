"""Sentences of the papers on the cost of retraining that have no claim yet."""

from core.lab.untested import Untested

UNTESTED = (
    Untested("RESQUE, arXiv 2412.15511", "It holds for convolutional networks and for vision transformers", "abstract",
             "A small vision transformer learned too little in our pilot to be retrained to a target"),
    Untested("RESQUE, arXiv 2412.15511", "It follows the gradient norm of retraining", "abstract",
             "The released code reads it off one mini-batch per epoch; work until the target is judged in its place"),
    Untested("PreIndex, arXiv 2408.01446", "The combined index with its two constants", "summary by others",
             "The constants are not defined in what could be read; the released code stops at the two parts, and ours is a reconstruction"),
)
