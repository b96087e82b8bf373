"""Membership privacy: what a model gives away about the samples it was trained on."""
