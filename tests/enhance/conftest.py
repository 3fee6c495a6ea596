"""Films of tests are sharpened whatever it brings, but where the gate itself is tested."""

import pytest

from lib.enhance import film


@pytest.fixture(autouse=True)
def open_gate(request, monkeypatch):
    if "gate" not in request.module.__name__:
        monkeypatch.setattr(film, "worth_it", lambda *_: True)
