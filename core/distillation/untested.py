"""Sentences of the papers on distillation and depth that have no claim yet."""

from core.lab.untested import Untested

_DEPTH = "Cooperative training of dynamic depth, arXiv 2312.08532"

UNTESTED = (
    Untested(_DEPTH, "It is tied to no architecture and hardly depends on the size of feature maps", "abstract",
             "One family of networks is trained; sizes are not compared"),
    Untested("ReffAKD (Gyawali et al. 2024)", "The labels plug into any distillation on logits", "abstract",
             "One kind of distillation is trained, with and without them"),
)
