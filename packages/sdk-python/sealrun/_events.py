"""``context.events``."""

from __future__ import annotations

from ._ask import ask
from ._json import require_fields, require_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Optional


class Events:
    """``context.events``: starts other packages of the project."""

    @staticmethod
    def send(
        event_type: str,
        event_source: Optional[str] = None,
        data: Optional[Dict[str, Any]] = None,
        topic: Any = None,
        reference_id: Optional[str] = None,
        hash_key: Any = None,
    ) -> str:
        """Starts every active package of the project whose manifest lists the type in ``trigger_events``.

        Returns the event's id once that is committed; a refusal raises. ``data`` is sealed before it is sent and becomes
        parameters of those runs; type, source (default: the package's name) and reference are stored unencrypted.
        ``send(event_type, data)``, as some guides of Ferris write it, sends the dict as the data.
        ``topic`` and ``hash_key`` are Ferris's and have no effect: there is no topic, and data is always sealed.
        """
        if isinstance(event_source, dict) and data is None:
            event_source, data = None, event_source
        request: Dict[str, Any] = {
            "op": "event.send",
            "type": require_text(event_type, "an event's type"),
            "value": require_fields(data, "the event's data"),
        }
        if event_source:
            request["source"] = require_text(event_source, "the event's source")
        if reference_id:
            request["referenceId"] = require_text(reference_id, "the event's reference")
        if hash_key is not None:
            ask(op="log", level="warning", message="hash_key has no effect: an event's data is always sealed")
        return str(ask(**request)["value"])
