"""What only the pages of LayerNorm draw."""
