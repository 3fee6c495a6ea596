"""The one kind of error that a user is meant to read."""


def printable(text: str) -> str:
    """In one line that no terminal obeys: what cannot be shown, in a file's name say, becomes backslashes."""
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text)


class BadInput(ValueError):
    """A file or array that cannot be used.

    Its text is one sentence that names the file, says what was expected and found, and what to do.
    Scripts print it without a traceback and exit with status 1.
    """

    def __str__(self) -> str:
        return printable(super().__str__())


def in_a_line(error: Exception) -> str:
    """The kind and text of an error that nobody thought of, for a batch that goes on without what it befell."""
    return printable(" ".join(f"{type(error).__name__}: {error}".split()).rstrip(".: "))
