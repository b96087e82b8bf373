"""Sentences of the papers on compression and groups that have no claim yet."""

from core.lab.untested import Untested

_PRUNING, _ROUNDING = "Pruning has a Disparate Impact, arXiv 2205.13574", "Understanding the Unfairness in Network Quantization, ICML 2025"

UNTESTED = (
    Untested(_PRUNING, "The majority's accuracy stays or rises as more is pruned, while minorities fall", "paper, figures",
             "What is judged is the difference between groups; the sign of the majority's own change has no claim"),
    Untested(_PRUNING, "More pruning gives every group a larger bound", "paper, corollary", "It follows from the formula of the bound"),
    Untested(_PRUNING, "Gradient norm and largest eigenvalue are strongly correlated across groups", "paper",
             "Each is compared with the loss that a group gains, not with the other"),
    Untested(_PRUNING, "The constraint also makes gradient norms and distances to the boundary equal", "paper, figures",
             "The repair room stores accuracies of groups, not their gradients after repair"),
    Untested(_ROUNDING, "Quantisation-aware training is less fair than rounding afterwards, though more accurate", "abstract",
             "Each is compared with the network in float, and not with the other at the same bits"),
    Untested(_ROUNDING, "Augmentation that tops every class up to the largest repairs it", "summary by others",
             "Sampling and weights are among the repairs, geometric augmentation is not"),
    Untested("AdaQuant and integer programming", "ResNet-50 with 4 bits everywhere but in the two smallest layers loses less than 1%",
             "abstract", "It speaks of ImageNet; the method itself runs in the compression room"),
)
