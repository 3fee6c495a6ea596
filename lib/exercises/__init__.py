"""The exercises' checkers, one file a chapter: each says whether an answer is right, and if not, what to look at."""
