"""Lessons: each a record of steps, drawn by ``pages/lessons.py``."""
