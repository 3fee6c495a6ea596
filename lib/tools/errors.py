"""The one kind of error that a user is meant to read."""


class BadInput(ValueError):
    """A file or array that cannot be used.

    Its text is one sentence that names the file, says what was expected and found, and what to do.
    Scripts print it without a traceback and exit with status 1.
    """


def in_a_line(error: Exception) -> str:
    """The kind and text of an error that nobody thought of, for a batch that goes on without what it befell."""
    return " ".join(f"{type(error).__name__}: {error}".split()).rstrip(".: ")
