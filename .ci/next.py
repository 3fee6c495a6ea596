"""What the second environment holds, `make next`: the course's list, but a newer MediaPipe and NumPy 2.

    python .ci/next.py FOLDER    writes FOLDER/wanted.txt and FOLDER/pins.txt, which pip takes with -r and -c

Every version is that of requirements.lock, but of what stands in `INSTEAD`, and of what only came along with it.
"""

import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MEDIAPIPE = (
    "mediapipe==1.2.3"  # installed alone: it names the OpenCV with windows, for which the headless one stands in
)
BUILDER = "setuptools>=77"  # of the editable package `lib` itself
INSTEAD = {
    "numpy": ["numpy>=2"],
    "mediapipe": ["absl-py", "sounddevice"],  # what it asks for besides; itself comes alone
    "opencv-contrib-python": ["opencv-contrib-python-headless>=4.13"],  # the first for NumPy 2.3 and on
}
# came along with MediaPipe 0.10.21 or NumPy 1 in the lock; here each may be what it is
FREE = {"opencv-contrib-python-headless", "jax", "jaxlib", "ml-dtypes", "opt-einsum", "protobuf", "sounddevice"}


def name_of(line: str) -> str:
    """The package that a requirement's line is about."""
    return re.match(r"[\w.-]*", line)[0].lower().replace("_", "-")


def wanted() -> list[str]:
    """What pyproject.toml asks for, with `INSTEAD`."""
    asked = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    return [line for one in asked for line in INSTEAD.get(name_of(one), [one])] + [BUILDER]


def pins() -> list[str]:
    """The lock's lines, without the packages that differ here."""
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and line[0] != "#" and name_of(line) not in {*INSTEAD, *FREE}]


if __name__ == "__main__":
    for name, lines in (("wanted", wanted()), ("pins", pins())):
        Path(sys.argv[1], f"{name}.txt").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    print(MEDIAPIPE)
