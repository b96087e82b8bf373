"""Smaller networks: soft labels without a teacher, and many depths from one training."""
