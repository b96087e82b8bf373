"""Does one joint training give every depth?"""
