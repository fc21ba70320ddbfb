"""Numbers of a message that Rasa can tell apart quickly.

While it trains, Rasa takes a fingerprint of every message after every component, by printing each array: with 20 000
examples that took minutes. An object with a `fingerprint` of its own is asked instead
(`rasa.shared.utils.io.deep_container_fingerprint`).
"""

from __future__ import annotations

from hashlib import blake2b

import numpy as np
from scipy.sparse import csr_matrix


class Rows(np.ndarray):
    """A plain array otherwise: `array.view(Rows)`."""

    def fingerprint(self) -> str:
        return _digest(self)


class SparseRows(csr_matrix):
    """A plain sparse matrix otherwise."""

    def fingerprint(self) -> str:
        return _digest(self.data, self.indices, self.indptr)


def _digest(*arrays: np.ndarray) -> str:
    digest = blake2b(digest_size=16)
    for array in arrays:
        digest.update(f"{array.shape} {array.dtype}".encode())
        digest.update(np.ascontiguousarray(array).view(np.ndarray).data)
    return digest.hexdigest()
