"""The upper part of e5 as arrays, and the file that ONNX Runtime reads, its weights in 8 bits."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic

from bot.nlu.e5_words import WIDTH, E5Words

LAYERS = 12
HEADS = 12
EPSILON = 1e-12
_OWN = "com.microsoft"
"""ONNX Runtime's own operations: each stands for several of the standard ones."""


def first_weights(words: E5Words) -> dict[str, np.ndarray]:
    """Return the float32 weights of all layers of the untuned encoder, by name ("l0.qkv.w": rows in, columns out)."""
    weights = {f"emb.ln.{part}": words.floats(f"emb.ln.{part}") for part in "wb"}
    for layer in range(LAYERS):
        name = f"l{layer}."
        weights[f"{name}qkv.w"] = np.concatenate([words.matrix(f"{name}{part}.w", WIDTH).T for part in "qkv"], axis=1)
        weights[f"{name}qkv.b"] = np.concatenate([words.floats(f"{name}{part}.b") for part in "qkv"])
        for part, width in (("ao", WIDTH), ("fi", WIDTH), ("fo", 4 * WIDTH)):
            weights[f"{name}{part}.w"] = words.matrix(f"{name}{part}.w", width).T
            weights[f"{name}{part}.b"] = words.floats(f"{name}{part}.b")
        for part in ("aln.w", "aln.b", "oln.w", "oln.b"):
            weights[name + part] = words.floats(name + part)
    return {name: np.array(values, np.float32) for name, values in weights.items()}


def write_encoder(path: Path, weights: dict[str, np.ndarray]) -> None:
    """Write the encoder with `weights` to `path`: word vectors in (1 by pieces by 384), their mean out (1 by 384)."""
    with tempfile.TemporaryDirectory() as folder:
        full = Path(folder) / "full.onnx"
        onnx.save(_model(weights), full)
        quantize_dynamic(
            full,
            path,
            weight_type=QuantType.QInt8,
            per_channel=True,
            # What ONNX Runtime's own operations give, the standard cannot infer.
            extra_options={"DefaultTensorType": TensorProto.FLOAT},
        )


def _model(weights: dict[str, np.ndarray]) -> onnx.ModelProto:
    nodes = [helper.make_node("LayerNormalization", ["words", "emb.ln.w", "emb.ln.b"], ["read"], epsilon=EPSILON)]
    read = "read"
    for layer in range(LAYERS):
        name = f"l{layer}."
        nodes += [
            _node("Attention", [read, f"{name}qkv.w", f"{name}qkv.b"], f"{name}context", num_heads=HEADS),
            helper.make_node("MatMul", [f"{name}context", f"{name}ao.w"], [f"{name}looked"]),
            _norm([f"{name}looked", read], f"{name}aln", f"{name}ao.b", f"{name}between"),
            helper.make_node("MatMul", [f"{name}between", f"{name}fi.w"], [f"{name}wide"]),
            _node("BiasGelu", [f"{name}wide", f"{name}fi.b"], f"{name}bent"),
            helper.make_node("MatMul", [f"{name}bent", f"{name}fo.w"], [f"{name}narrow"]),
            _norm([f"{name}narrow", f"{name}between"], f"{name}oln", f"{name}fo.b", f"{name}read"),
        ]
        read = f"{name}read"
    nodes.append(helper.make_node("ReduceMean", [read], ["vector"], axes=[1], keepdims=0))
    graph = helper.make_graph(
        nodes,
        "e5",
        [helper.make_tensor_value_info("words", TensorProto.FLOAT, [1, "pieces", WIDTH])],
        [helper.make_tensor_value_info("vector", TensorProto.FLOAT, [1, WIDTH])],
        [numpy_helper.from_array(np.ascontiguousarray(values), name) for name, values in weights.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17), helper.make_opsetid(_OWN, 1)])
    model.ir_version = 8
    return model


def _node(kind: str, inputs: list[str], output: str, **options: int | float) -> onnx.NodeProto:
    return helper.make_node(kind, inputs, [output], domain=_OWN, **options)


def _norm(inputs: list[str], name: str, bias: str, output: str) -> onnx.NodeProto:
    return _node("SkipLayerNormalization", [*inputs, f"{name}.w", f"{name}.b", bias], output, epsilon=EPSILON)
