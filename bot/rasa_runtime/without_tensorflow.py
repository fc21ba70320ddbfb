"""Rasa without TensorFlow: its import takes 6 seconds and 375 MB, and nothing of our pipeline computes with it.

Rasa 3.6.21 imports it for the components that we do not use, whether or not a model has them. Here those imports get
names that stand for nothing: a class may inherit from them, and computing with them raises TensorFlowLeftOut
(docs/decisions/0009-without-tensorflow.md). With NACHTLICHT_TENSORFLOW=1 the real one is imported, for a pipeline with
DIET or TED.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

PACKAGES = ("tensorflow", "tensorflow_addons", "tensorflow_hub", "tensorflow_text", "keras")


class TensorFlowLeftOut(RuntimeError):
    """A component wants to compute with TensorFlow, which this process did not import."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name}: TensorFlow is left out; set NACHTLICHT_TENSORFLOW=1 for a pipeline that needs it")


def install() -> None:
    """Leave TensorFlow out of this process. To be called before Rasa is imported."""
    # thinc, under spaCy, looks whether TensorFlow is there: for thinc it is not.
    for package in PACKAGES:
        sys.modules.setdefault(package, None)  # type: ignore[arg-type]
    import thinc.compat  # noqa: F401

    for package in PACKAGES:
        if sys.modules[package] is None:
            del sys.modules[package]
    sys.meta_path.insert(0, _Finder())


class _Name(type):
    """A class that any name of TensorFlow stands for: to inherit from, to annotate or to decorate with."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _name(f"{cls.__qualname__}.{name}")

    def __call__(cls, *args: Any, **keywords: Any) -> Any:
        if not cls.__dict__.get("_stands_for_nothing"):
            return super().__call__(*args, **keywords)
        if len(args) == 1 and callable(args[0]) and not keywords:
            # `@tf.function` only marks what it decorates.
            return args[0]
        raise TensorFlowLeftOut(cls.__qualname__)

    def __getitem__(cls, _: Any) -> Any:
        return cls


def _name(name: str) -> _Name:
    return _Name(name, (), {"__module__": "tensorflow", "_stands_for_nothing": True})


class _Module(ModuleType):
    __path__: Sequence[str] = ()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _name(f"{self.__name__}.{name}")


class _Finder(MetaPathFinder, Loader):
    def find_spec(self, fullname: str, path: Any, target: ModuleType | None = None) -> ModuleSpec | None:
        return ModuleSpec(fullname, self, is_package=True) if fullname.partition(".")[0] in PACKAGES else None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _Module(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        pass
