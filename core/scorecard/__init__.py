"""One model under every lens: the only package that calls concerns, and calls their own functions."""
