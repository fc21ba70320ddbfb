"""Rasa takes the fingerprint of our numbers from them, and equal numbers have equal fingerprints."""

import numpy as np
from rasa.shared.utils.io import deep_container_fingerprint
from scipy.sparse import csr_matrix

from bot.nlu.rows import Rows, SparseRows


def test_equal_numbers_are_equal_and_others_are_not() -> None:
    one = np.arange(6, dtype=np.float32).reshape(2, 3)
    prints = {
        name: deep_container_fingerprint([array.view(Rows)])
        for name, array in {
            "one": one,
            "same": one.copy(),
            "turned": one.T,
            "wider": one.astype(np.float64),
            "another": one + 1,
        }.items()
    }
    assert prints["one"] == prints["same"]
    assert len(set(prints.values())) == 4


def test_a_change_deep_inside_counts() -> None:
    # Rasa would print the edges of an array and see no difference.
    one = np.zeros((1, 5_000), np.float32)
    other = one.copy()
    other[0, 2_500] = 1
    assert one.view(Rows).fingerprint() != other.view(Rows).fingerprint()


def test_sparse_rows() -> None:
    one = csr_matrix(np.eye(3, dtype=np.float32))
    assert SparseRows(one).fingerprint() == SparseRows(one.copy()).fingerprint()
    assert SparseRows(one).fingerprint() != SparseRows(one * 2).fingerprint()
    assert SparseRows(one).fingerprint() != SparseRows(one[::-1]).fingerprint()
