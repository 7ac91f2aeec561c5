"""``context.scheduler``."""

from __future__ import annotations

import math

from ._ask import ask
from ._error import SealrunError
from ._json import require_fields, require_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Optional

_UNITS = (("days", 86_400_000), ("hours", 3_600_000), ("minutes", 60_000), ("seconds", 1_000))


class Scheduler:
    """``context.scheduler``: runs this package again, later."""

    @staticmethod
    def schedule(
        minutes: float = 0,
        hours: float = 0,
        days: float = 0,
        cron_expression: Optional[str] = None,
        parameters: Optional[Dict[str, Any]] = None,
        seconds: float = 0,
        timezone: Optional[str] = None,
    ) -> str:
        """Runs the package once after a delay, or repeatedly by cron text (5 fields, or 6 with seconds first).

        Returns the schedule's id once it is committed, ``"OK"`` in local mode; a refusal raises. ``parameters`` are sealed
        before they are sent. ``timezone`` is that of the cron text, UTC by default. With cron text a delay has no effect,
        as under Ferris, and a warning in the log says so.
        """
        amounts = {"days": days, "hours": hours, "minutes": minutes, "seconds": seconds}
        delay = sum(_amount(amounts[unit], unit) * milliseconds for unit, milliseconds in _UNITS)
        request: Dict[str, Any] = {"op": "schedule", "value": require_fields(parameters, "parameters")}
        if cron_expression:
            request["cron"] = require_text(cron_expression, "cron text")
            if delay:
                ask(op="log", level="warning", message="the delay has no effect: the cron text says when the package runs")
        elif delay:
            request["delayMs"] = delay
        if timezone:
            request["timezone"] = require_text(timezone, "a time zone")
        return str(ask(**request)["value"])

    retry = schedule


def _amount(value: Any, unit: str) -> float:
    if isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value) and value >= 0:
        return value
    raise SealrunError("MALFORMED", "sealrun: %s must be a number of 0 or more; nothing was sent" % unit)
