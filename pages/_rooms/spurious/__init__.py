"""What only the pages of spurious correlations draw."""
