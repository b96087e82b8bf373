"""Page code that belongs to one room, a folder each."""
