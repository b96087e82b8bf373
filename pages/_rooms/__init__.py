"""Page code that belongs to one room."""
