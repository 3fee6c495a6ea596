"""Hands in Focus: the code behind the course, one room per step (see the README for the way through)."""

from pathlib import Path

__path__.append(str(Path(__file__).parents[1] / "book" / "former"))  # names that others' scripts still import
