"""What only the pages of privacy draw."""
