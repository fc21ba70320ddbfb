"""How near a sentence comes to every training example: in 8 bits, by ONNX Runtime.

A ninth of the time that numpy takes over 25 000 examples, for a score that lies 0.001 beside (docs/evaluation.md).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from bot.nlu.vector_memory import WIDTH_OF_LIKENESS, VectorMemory, directions

_LEVELS = 127
_ZERO = 128
"""What stands for 0 in the rounded sentence: ONNX Runtime is quickest with numbers of 0 to 255 on that side."""
_OPSET = 17


class QuickMemory:
    """Reads what `write_quick_memory` wrote. Raises ImportError without ONNX Runtime."""

    def __init__(self, path: Path, mean: np.ndarray) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        # As in the encoder: threads would wait for each other, and a pool of memory would keep what was said.
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False
        self._mean = mean
        self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])

    def likeness(self, vectors: np.ndarray) -> np.ndarray:
        """Return what `VectorMemory.likeness` returns: a row for each of `vectors`, a column for each example."""
        rows = directions(vectors - self._mean)
        # Each row has its own step: the rounding of one does not depend on those beside it.
        steps = np.maximum(np.abs(rows).max(axis=1, keepdims=True), 1e-9) / np.float32(_LEVELS)
        rounded = np.asarray(np.rint(rows / steps) + _ZERO, np.uint8)
        return np.asarray(self._session.run(None, {"rounded": rounded, "steps": steps})[0])


def write_quick_memory(path: Path, memory: VectorMemory) -> None:
    """Write `memory`. Raises ImportError without onnx."""
    from onnx import TensorProto, checker, helper, numpy_helper, save

    step = np.float32(np.abs(memory.examples).max() / _LEVELS)
    examples = np.round(memory.examples / step).astype(np.int8)
    width = np.float32(WIDTH_OF_LIKENESS)
    kept = {
        "examples": np.ascontiguousarray(examples.T),
        "step": np.float32(width * step),
        "width": width,
        "zero": np.uint8(_ZERO),
    }
    nodes = [
        helper.make_node("MatMulInteger", ["rounded", "examples", "zero"], ["products"]),
        helper.make_node("Cast", ["products"], ["floats"], to=TensorProto.FLOAT),
        helper.make_node("Mul", ["steps", "step"], ["scale"]),
        helper.make_node("Mul", ["floats", "scale"], ["cosines"]),
        helper.make_node("Sub", ["cosines", "width"], ["nearness"]),
        helper.make_node("Exp", ["nearness"], ["likeness"]),
    ]
    graph = helper.make_graph(
        nodes,
        "memory",
        [
            helper.make_tensor_value_info("rounded", TensorProto.UINT8, ["rows", memory.examples.shape[1]]),
            helper.make_tensor_value_info("steps", TensorProto.FLOAT, ["rows", 1]),
        ],
        [helper.make_tensor_value_info("likeness", TensorProto.FLOAT, ["rows", len(memory.examples)])],
        [numpy_helper.from_array(np.asarray(array), name) for name, array in kept.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", _OPSET)], ir_version=8)
    checker.check_model(model)
    save(model, str(path))
