"""One more share, trained live."""
