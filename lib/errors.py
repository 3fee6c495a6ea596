"""The one kind of error that a user is meant to read."""


class BadInput(ValueError):
    """A file or array that cannot be used.

    Its text is one sentence that names the file, says what was expected and found, and what to do.
    Scripts print it without a traceback and exit with status 1.
    """
