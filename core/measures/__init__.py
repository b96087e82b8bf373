"""Shared arithmetic: ROC curves, intervals, leave-one-out statistics, groups, per-sample gradients."""
