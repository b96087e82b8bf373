"""The study: what a fine-tuned transformer still knows of wrong labels once its LayerNorms are stripped."""
