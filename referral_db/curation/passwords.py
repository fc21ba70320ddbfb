"""Passwords: Argon2id with the library's defaults (RFC 9106, second recommended choice)."""

from __future__ import annotations

import functools

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

MIN_LENGTH = 12
MAX_LENGTH = 200

_HASHER = PasswordHasher()


def hash_password(password: str) -> str:
    return _HASHER.hash(password)


def verify(password_hash: str | None, password: str) -> bool:
    """Tells whether the password is right. Without a hash (unknown user) it takes as long and is False."""
    try:
        _HASHER.verify(password_hash or _nobody(), password)
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def weakness(password: str, name: str) -> str | None:
    """Says in Dutch why a new password will not do, None when it will. No rules about signs: length is what counts."""
    if len(password) < MIN_LENGTH:
        return f"Neem een wachtwoord van minstens {MIN_LENGTH} tekens. Een paar losse woorden na elkaar is prima."
    if len(password) > MAX_LENGTH:
        return f"Neem een wachtwoord van hoogstens {MAX_LENGTH} tekens."
    if name.casefold() in password.casefold():
        return "Neem een wachtwoord waar je naam niet in staat."
    if len(set(password.casefold())) < 5:
        return "Neem een wachtwoord met meer verschillende tekens."
    return None


@functools.cache
def _nobody() -> str:
    return hash_password("nobody has this password")
