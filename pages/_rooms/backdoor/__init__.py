"""Page code of the backdoor room."""
