"""Sentences of the papers on spurious correlations that have no claim yet."""

from core.lab.untested import Untested

_SEVER = "Severing Spurious Correlations, arXiv 2503.18258"

UNTESTED = (
    Untested(_SEVER, "It needs no group labels, no domain knowledge and no human in the loop", "abstract",
             "A property of the method by its construction; whether a rule without labels works here is a question of the house"),
    Untested(_SEVER, "Carriers of a weak cue are spread evenly over the ranking by difficulty", "public reviews",
             "The distance of the two distributions has no margin that was stated beforehand"),
    Untested(_SEVER, "Reliance grows polynomially with the difficulty of the carriers", "public reviews",
             "That it grows has a claim; what is meant by polynomial could not be read"),
    Untested("Pitfalls of simplicity bias, arXiv 2006.07710", "Ensembles and adversarial training do not cure it", "abstract",
             "The room trains neither for the two blocks"),
    Untested("DiffROAR and BlockMNIST", "Gradients of standard models also light up the block without signal, those of robust ones do not",
             "abstract", "DiffROAR is used on the cue of the room; no robust model is trained"),
    Untested("Spurious feature diversification (WiSE-FT, BANG)", "The fine-tuned end is over-confident out of distribution and dominates "
             "an average of weights", "abstract", "The house averages no weights of a pretrained and a fine-tuned network"),
)
