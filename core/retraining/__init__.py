"""Retraining cost: how dear it will be to reuse a model for shifted data or a new task."""
