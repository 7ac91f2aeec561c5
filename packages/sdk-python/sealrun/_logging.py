"""``context.logging``: a standard logger whose lines go to the executor."""

from __future__ import annotations

import logging

from ._ask import ask
from ._run import current_run

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class _ToExecutor(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        try:
            message = self.format(record).encode("utf-8", "replace").decode("utf-8")
            ask(op="log", level=_level_name(record.levelno), message=message)
        except Exception:
            self.handleError(record)


def make_logger() -> logging.Logger:
    """The logger, at the level that ``config.LOG_LEVEL`` names, else INFO."""
    logger = logging.getLogger("sealrun.script")
    logger.propagate = False
    logger.addHandler(_ToExecutor())
    logger.setLevel(_level_number(current_run()["config"].get("LOG_LEVEL")))
    return logger


def _level_number(level: Any) -> int:
    if isinstance(level, int):
        return level
    number = logging.getLevelName(level.upper()) if isinstance(level, str) else None
    return number if isinstance(number, int) else logging.INFO


def _level_name(number: int) -> str:
    for level, name in ((50, "critical"), (40, "error"), (30, "warning"), (20, "info")):
        if number >= level:
            return name
    return "debug"
