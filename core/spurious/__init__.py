"""Spurious correlations: find a cue that will not hold, see which samples taught it, sever it by pruning data."""
