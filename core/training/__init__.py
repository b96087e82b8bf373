"""The one training loop, many models at once, and batched evaluation. ``config`` is torch-free; the rest needs torch."""
