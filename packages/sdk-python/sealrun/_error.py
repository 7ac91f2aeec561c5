"""The SDK's one exception."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Dict


class SealrunError(Exception):
    """``code`` is for programs; the text is one sentence for people and never holds a secret."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


#: HTTP status of each refusal that ``context.secrets.set`` returns, by sealrun's error code.
STATUS: Dict[str, int] = {
    "BAD_REQUEST": 400,
    "MALFORMED": 400,
    "NAME_NOT_ALLOWED": 400,
    "NAME_HOLDS_A_SECRET": 400,
    "FORBIDDEN": 403,
    "SECRET_NOT_DECLARED": 403,
    "SCOPE_NOT_WRITABLE": 403,
    "NO_GRANT": 403,
    "NOT_ENROLLED": 403,
    "LEASE_LOST": 409,
    "KEY_CHANGED": 409,
    "VALUE_TOO_LARGE": 413,
    "TOO_MUCH_TO_MASK": 413,
    "RATE_LIMITED": 429,
    "INTERNAL": 500,
    "PLATFORM_UNREACHABLE": 502,
    "KEYRING_UNREACHABLE": 503,
    "NATS_UNREACHABLE": 503,
    "TIMED_OUT": 504,
}
