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
        """Every key as a dict, or the value of one key and None when it has none."""
        if key is None:
            return ask(op="state.get")["value"]
        return ask(op="state.get", key=require_text(key, "a key of the state")).get("value")

    @staticmethod
    def put(key: str, value: Any) -> None:
        """Sets one key and leaves the others as they are."""
        require_json(value, "the value")
        ask(op="state.put", key=require_text(key, "a key of the state"), value=value)
