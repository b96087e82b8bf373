"""Outputs alone: whom the outputs of one model give away, without the model."""
