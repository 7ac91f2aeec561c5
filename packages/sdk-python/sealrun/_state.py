"""``context.state``."""

from __future__ import annotations

from ._ask import ask
from ._json import require_json, require_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Optional


class State:
    """What the package keeps between runs. Each key is written by itself."""

    @staticmethod
    def get(key: Optional[str] = None) -> Any:
        """All keys as a dict, or the value of one key, None when it is not set."""
        if key is None:
            return ask(op="state.get")["value"]
        return ask(op="state.get", key=require_text(key, "a key of the state")).get("value")

    @staticmethod
    def put(key: str, value: Any) -> None:
        """Sets one key; the other keys do not change."""
        require_json(value, "the value")
        ask(op="state.put", key=require_text(key, "a key of the state"), value=value)
