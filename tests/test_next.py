"""The second environment: the course's list but for MediaPipe, NumPy and OpenCV, beside `make test` and not in it."""

import importlib.util
import re

import pytest
from conftest import GENERATIONS, ROOT, is_installed
from packaging.requirements import Requirement

MAKEFILE = (ROOT / "Makefile").read_text()


@pytest.fixture(scope="module")
def second():
    """The module .ci/next.py."""
    spec = importlib.util.spec_from_file_location("next_environment", ROOT / ".ci" / "next.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_numpy_2_and_one_opencv(second):
    asked = {Requirement(line).name: Requirement(line) for line in second.wanted()}
    assert str(asked["numpy"].specifier) == ">=2" and "mediapipe" not in asked
    assert {name for name in asked if "opencv" in name} == {"opencv-contrib-python-headless"}
    assert {"torch", "scipy", "pytest", "flatbuffers"} <= asked.keys()


def test_what_is_not_named_keeps_the_locks_version(second):
    pins = {second.name_of(line) for line in second.pins()}
    assert not pins & {"numpy", "mediapipe", "jax", "opencv-contrib-python-headless"}
    assert {"scipy", "torch", "flatbuffers"} <= pins
    assert set(second.pins()) <= set((ROOT / "requirements.lock").read_text().splitlines())


def test_make_test_knows_nothing_of_it():
    recipe = re.search(r"^test:.*\n((?:\t.*\n)+)", MAKEFILE, re.M)
    assert "next" not in recipe[0]
    assert "next" not in re.search(r"^\.venv/locked:(?:.*\n)+?\n", MAKEFILE, re.M)[0]


def test_it_leaves_out_what_needs_the_older_one():
    recipe = re.search(r"^next:.*\n((?:\t.*\n)+)", MAKEFILE, re.M)[1]
    assert recipe.index("data_scripts/holistic_bundle.py") < recipe.index("not solutions")


def test_one_generation_is_installed_here():
    assert sum(is_installed(generation) for generation in GENERATIONS) == 1
