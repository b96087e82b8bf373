"""Which defence buys most privacy for least accuracy: all of them as curves on one plane."""
