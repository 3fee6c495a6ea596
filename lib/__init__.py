"""Hands in Focus: the code behind the course, one room per step (see the README for the way through)."""
