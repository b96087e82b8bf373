"""What only the pages of safety draw."""
