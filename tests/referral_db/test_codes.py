from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from referral_db import codes

TAXONOMY = Path(__file__).parents[3] / "shared" / "contract" / "taxonomy.yml"


@pytest.mark.skipif(not TAXONOMY.exists(), reason="the shared contract is not beside this checkout")
def test_the_codes_are_those_of_the_contract() -> None:
    taxonomy = yaml.safe_load(TAXONOMY.read_text(encoding="utf-8"))
    assert list(codes.NEEDS) == list(taxonomy["needs"])
    assert list(codes.RISKS) == list(taxonomy["risks"])
    assert list(codes.CHANNELS) == taxonomy["channels"]
    assert list(codes.PRICE_KINDS) == taxonomy["price_kinds"]
