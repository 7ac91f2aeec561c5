"""``context.secrets`` and ``get_secret``."""

from __future__ import annotations

from ._ask import ask
from ._error import STATUS, SealrunError
from ._json import require_json, require_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Tuple


def get_secret(name: str) -> Any:
    """The secret of that name from the service, else the project, else the platform; None when no scope has it.

    Presence decides: ``""``, ``0``, ``False`` and ``None`` are values. Raises when a value exists but cannot be opened.
    """
    return ask(op="get", name=require_text(name, "a secret's name"))["value"]


class Secrets:
    """``context.secrets``: ``get`` looks in all three scopes, ``set`` writes the project's or the platform's."""

    @staticmethod
    def get(name: str) -> Any:
        """The same as :func:`sealrun.get_secret`."""
        return get_secret(name)

    @staticmethod
    def set(name: str, value: Any, context: str) -> Tuple[int, str]:
        """Sets a secret in the scope ``"project"`` or ``"platform"``.

        Returns ``(200, "OK")``, or for a refusal an HTTP status and a sentence, as Ferris does; then nothing was stored.
        Raises only for a value that is not JSON and for a broken channel.
        """
        require_json(value, "the value")
        require_text(context, 'the context, "project" or "platform",')
        try:
            ask(op="set", name=require_text(name, "a secret's name"), scope=context, value=value)
        except SealrunError as error:
            if error.code == "CHANNEL_BROKEN":
                raise
            return STATUS.get(error.code, 500), "%s: %s" % (error.code, error)
        return 200, "OK"
