"""Outputs alone: what logits or probabilities and labels say, without a model."""
