"""Checks that a value may be sent: JSON must keep it unchanged."""

from __future__ import annotations

import math

from ._error import SealrunError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Optional

_MAX_DEPTH = 32
#: Larger integers are not kept exactly by every JSON reader.
_MAX_INTEGER = 2**53 - 1


def require_json(value: Any, place: str) -> None:
    """Raises ``MALFORMED`` unless ``value`` is a JSON value; the sentence names the place, never the value."""
    problem = _find_problem(value, place, 1)
    if problem is not None:
        raise SealrunError("MALFORMED", "sealrun: %s; nothing was sent" % problem)


def require_text(value: Any, what: str) -> str:
    """Raises ``MALFORMED`` unless ``value`` is a string."""
    if not isinstance(value, str):
        raise SealrunError("MALFORMED", "sealrun: %s must be a str, not %s; nothing was sent" % (what, type(value).__name__))
    require_json(value, what)
    return value


def require_fields(value: Any, what: str) -> Dict[str, Any]:
    """Raises ``MALFORMED`` unless ``value`` is a dict that JSON can keep; None is an empty one."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise SealrunError("MALFORMED", "sealrun: %s must be a dict, not %s; nothing was sent" % (what, type(value).__name__))
    require_json(value, what)
    return value


def _find_problem(value: Any, place: str, depth: int) -> Optional[str]:
    if value is None or isinstance(value, bool):
        return None
    if isinstance(value, str):
        return None if _is_well_formed(value) else "%s holds half of a surrogate pair" % place
    if isinstance(value, int):
        return None if abs(value) <= _MAX_INTEGER else "%s is an integer that JSON cannot keep; pass it as a str" % place
    if isinstance(value, float):
        return None if math.isfinite(value) else "%s is a number that JSON cannot keep" % place
    if not isinstance(value, (dict, list, tuple)):
        return "%s is of type %s, which JSON cannot keep" % (place, type(value).__name__)
    if depth > _MAX_DEPTH:
        return "%s is nested deeper than %d levels or holds itself" % (place, _MAX_DEPTH)
    if isinstance(value, dict):
        return _find_problem_in_dict(value, place, depth)
    for index, inner in enumerate(value):
        problem = _find_problem(inner, "%s[%d]" % (place, index), depth + 1)
        if problem is not None:
            return problem
    return None


def _find_problem_in_dict(value: Any, place: str, depth: int) -> Optional[str]:
    for key, inner in value.items():
        if not isinstance(key, str) or not _is_well_formed(key):
            return "a key in %s is not a str that JSON can keep" % place
        problem = _find_problem(inner, "%s.%s" % (place, key), depth + 1)
        if problem is not None:
            return problem
    return None


def _is_well_formed(text: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in text) if not text.isascii() else True
