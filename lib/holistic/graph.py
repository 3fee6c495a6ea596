"""MediaPipe Holistic: the frames of a clip in, its keypoints out.

The version is 0.10.21, the last whose wheel holds Holistic; `lib.holistic.tasks` has the newer ones. What is set, and
what cannot be:

- Thresholds 0.3 and 0.3, as in "Towards Better Communication" (Tasyurek et al.). They gate the *body* only. A hand is
  looked for where the body's wrist is visible (0.1) and kept where the hand network is sure of one (0.5); both numbers
  are fixed inside MediaPipe, so a lower threshold here does not make it see hands in a blurred picture.
- Model complexity 1, smoothed landmarks, no refined face: MediaPipe's defaults, since the papers name no others.
- Its face is left out, which changes nothing else and saves a tenth of the work: `body_and_hands`.
- Holistic is *stateful*: it looks for a hand near where it last was. Each clip gets a graph of its own, so that no clip
  depends on the one before (mediapipe issue 4981).
- Its smoothing takes every clip to have 30 frames a second, whatever ``fps`` says: ``fps`` only labels the result.
- It has no score for a found hand (mediapipe issue 1320). Ours gives each of its points a probability
  (`lib.holistic.surety`). A point of the body gets its visibility.
"""

import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np

from lib.holistic.surety import Refused, checked_least, with_probabilities
from lib.holistic.tasks import HAND_CONFIDENCE, installed, landmarker
from lib.keypoints import HOLISTIC_75, Keypoints
from lib.tools.errors import BadInput
from lib.tools.quiet import quiet
from lib.video.codec import checked

if TYPE_CHECKING:
    from mediapipe.python.solution_base import SolutionBase


def body_and_hands(**settings: Any) -> "SolutionBase":
    """``mediapipe.solutions.holistic.Holistic(**settings)`` without ``face_landmarks``; the rest is the same.

    None of our layouts that come from video has its 468 points, and what the face's network finds goes nowhere else in
    the graph. Holistic itself says what goes into its graph, and then asks the next class for it. That is ours: it
    takes the face out of what was said.
    """
    from mediapipe.python.solution_base import SolutionBase
    from mediapipe.python.solutions.holistic import Holistic

    class WithoutFace(SolutionBase):
        def __init__(self, binary_graph_path: str, side_inputs: dict, outputs: list[str], **others: Any):
            others["side_inputs"] = {name: value for name, value in side_inputs.items() if "face" not in name}
            others["outputs"] = [name for name in outputs if "face" not in name]
            super().__init__(graph_config=_faceless(binary_graph_path), **others)

    class BodyAndHands(Holistic, WithoutFace):
        pass

    return BodyAndHands(**settings)


def _faceless(binary_graph_path: str) -> Any:
    """The graph that lies in the wheel, but for its nodes, outputs and inputs that have to do with the face."""
    import mediapipe
    from mediapipe.framework.calculator_pb2 import CalculatorGraphConfig

    graph = CalculatorGraphConfig.FromString((Path(mediapipe.__file__).parents[1] / binary_graph_path).read_bytes())
    kept = [node for node in graph.node if "Face" not in node.calculator]
    del graph.node[:]
    graph.node.extend(kept)
    for streams in (graph.output_stream, graph.input_side_packet):
        streams[:] = [name for name in streams if "FACE" not in name]
    return graph


VERSION = "0.10.21"
SOLUTIONS, TASKS = "solutions", "tasks"  # the backends
BAR_AFTER_SECONDS = 5.0

Retouch = Callable[[np.ndarray, np.ndarray], np.ndarray]  # a frame, its points (75, 4): x, y, z, confidence -> points


def extract(
    frames: Iterable[np.ndarray],
    *,
    fps: float = 25.0,
    min_detection_confidence: float = 0.3,
    min_tracking_confidence: float = 0.3,
    min_hand_confidence: float = HAND_CONFIDENCE,
    progress: bool | None = None,
    total: int | None = None,
    name: str = "the clip",
    retouch: Retouch | None = None,
    backend: str = SOLUTIONS,
    sure: bool = True,
    least: float | None = None,
) -> Keypoints:
    """Keypoints (HOLISTIC_75) of one clip, with one frame in memory at a time.

    frames    uint8 RGB, (T, H, W, 3) or any iterable of (H, W, 3), all of one size
    fps       frames a second, kept in the result
    progress  True: a bar; False: none; None: a bar once the clip has taken five seconds
    total     number of frames, for the bar, where ``frames`` has no length
    name      what errors and warnings call the clip
    retouch   has the last word on each frame's points, see `lib.holistic.second_look.looking_again`
    backend   "solutions": MediaPipe 0.10.21, which the lock keeps; "tasks": a newer one, see `lib.holistic.tasks`
    sure      give each hand its probability as confidence (`lib.holistic.surety`); False: 1, which further looks expect
    least     None: the hands that MediaPipe finds, no matter how probable; a number in [0, 1]: all hands at least so
              probable, those that it refused, too, which never count as found

    The thresholds are as said above; that of hands can be set with "tasks" alone.

    Missing points are NaN; x, y and z are pixels (MediaPipe gives z, like x, as a share of the width). Raises BadInput
    for no frames, for frames of another shape or type, for a change of size, for thresholds outside [0, 1], and for a
    backend that is none, or whose MediaPipe is not installed (the sentence names what to install). Warns, in one
    sentence, where nobody was found and where there is a single frame, which leaves nothing to track.
    """
    from tqdm import tqdm

    refused = None if checked_least(least) is None else Refused()
    delay = 0 if progress else BAR_AFTER_SECONDS
    bar = tqdm(frames, desc="Holistic", unit=" frames", total=total, disable=progress is False, delay=delay)
    rows: list[np.ndarray] = []
    with _holistic(backend, fps, min_detection_confidence, min_tracking_confidence, min_hand_confidence) as process:
        for frame in checked(bar, name):
            size = frame.shape[1], frame.shape[0]
            points = points_of(process(frame), size)
            points = retouch(frame, points) if retouch else points
            if refused:
                refused(len(rows), frame, points)
            rows.append(points)
    points = np.stack(rows)
    keypoints = Keypoints(points[..., :3], points[..., 3], HOLISTIC_75, fps, size)
    _warn_of_little(keypoints, name)
    return with_probabilities(keypoints, refused and refused.candidates, least) if sure else keypoints


def extract_file(path: str | Path, fps: float | None = None, **settings: Any) -> Keypoints:
    """Keypoints of a video file or folder of images, at its own frame rate or ``fps``.

    ``settings`` are those of `extract`; errors name the file, and what `lib.video.probe` notes of it is warned of.
    """
    from lib.video import probe, read_video

    info = probe(path, fps=fps)
    for note in info.notes:
        warnings.warn(note, stacklevel=2)
    return extract(read_video(path), **{"fps": info.fps, "total": info.frames, "name": str(path)} | settings)


def _holistic(
    backend: str, fps: float, detection: float, tracking: float, hand: float
) -> AbstractContextManager[Callable[[np.ndarray], Any]]:
    """A fresh graph of that backend, a function of the clip's next frame; see `extract` for BadInput."""
    thresholds = {"min_detection_confidence": detection, "min_tracking_confidence": tracking}
    for threshold, value in {**thresholds, "min_hand_confidence": hand}.items():
        if not 0 <= value <= 1:
            raise BadInput(f"{threshold} must be between 0 and 1, not {value}.")
    if backend == TASKS:
        return landmarker(detection, tracking, hand, fps)
    if backend != SOLUTIONS:
        raise BadInput(f"There is no backend {backend!r} for Holistic; choose {SOLUTIONS!r} or {TASKS!r}.")
    if hand != HAND_CONFIDENCE:
        raise BadInput(f"min_hand_confidence is fixed inside mediapipe {VERSION}, at 0.5; choose backend={TASKS!r}.")
    solutions()  # says which version is wanted, if another is there
    return graph_of(partial(body_and_hands, **thresholds))


@contextmanager
def graph_of(make: Callable[[], "SolutionBase"]) -> Iterator[Callable[[np.ndarray], Any]]:
    """A graph of MediaPipe's as a function of a picture; closed at the end.

    It is built with its first picture, since it begins to chatter from threads of its own as soon as it exists.
    """
    graph = None

    def process(picture: np.ndarray) -> Any:
        nonlocal graph
        with quiet:
            graph = graph or opened.enter_context(make())
            return graph.process(np.ascontiguousarray(picture))

    with ExitStack() as opened:
        yield process


def solutions() -> ModuleType:
    """``mediapipe.solutions``, which later wheels no longer have. Raises BadInput without it."""
    try:
        import mediapipe

        return mediapipe.solutions
    except (ImportError, AttributeError):
        wanted = f"install the version that has: pip install mediapipe=={VERSION} (Python 3.12 at most)."
        raise BadInput(f"{installed()} has no Holistic of its own; {wanted}") from None


def points_of(found: Any, size: tuple[int, int]) -> np.ndarray:
    """One frame's landmarks, float32 (75, 4): x, y, z in pixels of a picture of that size, and confidence.

    ``found`` is what Holistic says of it, or another solution that has some of the same.
    """
    points = np.full((len(HOLISTIC_75), 4), np.nan, np.float32)
    for part, where in HOLISTIC_75.parts.items():
        landmarks = getattr(found, f"{part}_landmarks", None)
        if landmarks:
            sure = part != "pose"
            listed = getattr(landmarks, "landmark", landmarks)
            points[where] = [(p.x, p.y, p.z, 1.0 if sure else p.visibility) for p in listed]
    points[..., 3] = np.nan_to_num(points[..., 3])
    width, height = size
    return points * np.float32([width, height, width, 1])


def _warn_of_little(keypoints: Keypoints, name: str) -> None:
    if np.isnan(keypoints.xyz).all():
        warnings.warn(
            f"Nobody was found in {name}, so all keypoints are missing; use footage with one signer, head to hips.",
            stacklevel=3,
        )
    elif len(keypoints) == 1:
        warnings.warn(f"{name} has a single frame, so nothing could be tracked; give at least two.", stacklevel=3)
