"""Frames on descriptor 3: a length in decimal, a newline, and that many bytes of JSON, perhaps with raw bytes after it."""

from __future__ import annotations

import json

from ._error import SealrunError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Optional, Tuple

#: Longest length line: ten digits and the newline.
_MAX_LENGTH_LINE = 11

_to_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode


def encode_frame(head: Any, raw: Optional[bytes] = None) -> bytes:
    """The bytes of one frame."""
    body = _to_json(head).encode("utf-8")
    if raw is not None:
        body += b"\n" + raw
    return b"%d\n%b" % (len(body), body)


def read_length_line(seen: bytes) -> Optional[Tuple[int, int]]:
    """Where the body starts and how long it is; None while the line is incomplete."""
    end = seen.find(b"\n", 0, _MAX_LENGTH_LINE)
    digits = seen[: _MAX_LENGTH_LINE if end == -1 else end]
    is_whole = end != -1 or len(seen) < _MAX_LENGTH_LINE
    if end == 0 or not is_whole or (digits and not digits.isdigit()):
        raise SealrunError("CHANNEL_BROKEN", "sealrun: the executor sent bytes that are not a frame")
    return None if end == -1 else (end + 1, int(digits))


def decode_body(body: bytes) -> Tuple[Any, Optional[bytes]]:
    """The head's JSON, and the raw bytes after it if there are any."""
    head, newline, raw = body.partition(b"\n")
    try:
        return json.loads(head.decode("utf-8")), raw if newline else None
    except ValueError:
        # Without the parser's error, which can hold the text.
        raise SealrunError("CHANNEL_BROKEN", "sealrun: the executor sent a frame whose head is not JSON") from None
