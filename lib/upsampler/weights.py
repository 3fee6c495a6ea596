"""Network weights on disk: safetensors in half precision, with the configuration and the facts of their making.

Nothing here unpickles: a file can hold wrong numbers, but no program.
"""

import json
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save

from lib.tools.errors import BadInput
from lib.tools.files import written_whole


def save_weights(path: str | Path, state: Mapping[str, torch.Tensor], config: dict, facts: dict) -> Path:
    """Write ``state`` in half precision, ``config`` (what builds the network) and ``facts`` (how it was trained)."""
    path = Path(path)
    half = {name: value.detach().to("cpu", torch.float16).contiguous() for name, value in state.items()}
    with written_whole(path) as partial:
        partial.write_bytes(save(half, {"config": json.dumps(config), "facts": json.dumps(facts)}))
    return path


def read_weights(path: str | Path) -> tuple[dict[str, torch.Tensor], dict, dict]:
    """The (state in float32, config, facts) of a file. Raises BadInput if it is missing, cut short or foreign."""
    path = Path(path)
    if not path.is_file():
        raise BadInput(f"{path} does not exist; check the name, or train it: python -m lib.train_upsampler")
    try:
        with safe_open(str(path), "pt") as file:
            notes = file.metadata() or {}
            state = {name: file.get_tensor(name).float() for name in file.keys()}  # noqa: SIM118 - not a mapping
    except (SafetensorError, OSError) as error:
        raise BadInput(f"{path} is no whole safetensors file ({error}); copy or download it again.") from error
    try:
        return state, json.loads(notes["config"]), json.loads(notes.get("facts", "{}"))
    except (KeyError, ValueError) as error:
        what = f"{path} does not say which network it is for; give weights that this course has written."
        raise BadInput(what) from error
