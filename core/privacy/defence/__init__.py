"""What one defence buys, and what it costs."""
