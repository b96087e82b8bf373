"""Accuracies on Tiny-ImageNet-C by tier 1 to 5, as the paper prints them (Amin and Kim, arXiv 2404.16168 v2, appendix)."""

from types import MappingProxyType

TIERS = MappingProxyType({
    "No adaptation": (0.41, 0.37, 0.31, 0.24, 0.19), "Certainty distillation": (0.49, 0.46, 0.41, 0.35, 0.29),
    "T3A": (0.42, 0.38, 0.32, 0.26, 0.21), "ETA": (0.33, 0.29, 0.26, 0.22, 0.19)})
