"""Sends requests to the executor, or in local mode to the local files."""

from __future__ import annotations

from . import _channel, _local
from ._error import SealrunError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict


def ask(**request: Any) -> Dict[str, Any]:
    """The answer to one request. A refusal is raised with its code."""
    reply = _local.answer(request) if _local.is_local() else _channel.exchange(request)
    if reply.get("ok") is True:
        return reply
    raise SealrunError(str(reply.get("code", "CHANNEL_BROKEN")), str(reply.get("message", "sealrun: refused")))
