"""What only the pages of compression draw."""
