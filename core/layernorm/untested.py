"""Sentences of the paper on layer normalisation that have no claim yet."""

from core.lab.untested import Untested

_NORM = "Impact of Layer Norm, arXiv 2511.10566"

UNTESTED = (
    Untested(_NORM, "The gradient at a norm has an upper bound made of the singular values behind it", "paper, theorem 2",
             "A bound that is not broken says nothing about the gradient under it; it is checked by a test, not judged"),
    Untested(_NORM, "Gradients of Pre-LN models stand in the first layer, those of Post-LN decay gradually", "paper",
             "The profile is drawn; no margin for concentrated and gradual was stated beforehand"),
    Untested(_NORM, "The ratio of learning to memorisation gradients is far larger in Pre-LN", "paper",
             "The ratio follows the residual on labels that are fitted, and in our pilot its order changed with single epochs"),
    Untested(_NORM, "DistilBERT keeps memorising without its norms, only later", "paper", "The checkpoint is not among those of the house"),
    Untested(_NORM, "GPT-2 and Pre-LN RoBERTa do not fit at all once every norm is stripped", "paper",
             "Neither checkpoint is among those of the house; transformers:FOLDER_OR_ID takes them where they can be had"),
    Untested(_NORM, "It is the same with Muon in place of Adam", "paper", "The house trains with SGD and Adam"),
)
