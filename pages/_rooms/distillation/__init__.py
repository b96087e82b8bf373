"""Page code of the room of distillation and depth."""
