"""LayerNorm memorization: what a transformer's normalisation remembers."""
