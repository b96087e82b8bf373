"""A finished scorecard as something one can sign: HTML, PDF, JSON, a model card."""
