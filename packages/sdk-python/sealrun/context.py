"""What a script sees of its run, as attributes of this module.

The executor is asked at first use: ``params``, ``config``, ``package``, ``execution``, ``results``, ``input`` and
``logging`` are loaded lazily.
"""

from __future__ import annotations

from types import SimpleNamespace

from ._ask import ask
from ._events import Events
from ._json import require_json
from ._run import current_run
from ._scheduler import Scheduler
from ._secrets import Secrets
from ._state import State

TYPE_CHECKING = False
if TYPE_CHECKING:
    from logging import Logger
    from typing import Any, Dict, List

    #: The run's parameters, with ``package_name``, ``package_id`` and ``execution_id`` among them; ``parameters`` is the same.
    params: Dict[str, Any]
    parameters: Dict[str, Any]
    #: The package's config.json; ``configs`` is the same.
    config: Dict[str, Any]
    configs: Dict[str, Any]
    #: ``name`` and ``id``.
    package: SimpleNamespace
    #: ``id``, ``attempt``, ``step``, and ``trigger``: what started the run, as a dict with its ``kind``.
    execution: SimpleNamespace
    #: Results of earlier steps, by script.
    results: Dict[str, Any]
    #: The step's ``input`` from the manifest, its references resolved; None without one.
    input: Any
    #: Log lines with a level, besides what the script prints.
    logging: Logger


class _Result:
    """``context.result(value)``, and ``context.result.log(value)`` as fx_ef writes it."""

    def __call__(self, value: Any) -> None:
        """Sets the step's result, which later steps and the person who started the run can read. The last call counts."""
        require_json(value, "the result")
        ask(op="result", value=value)

    log = __call__


secrets = Secrets()
state = State()
result = _Result()
events = Events()
scheduler = Scheduler()
#: The same as ``scheduler.retry``, as the README of Ferris writes it.
retry = scheduler.schedule

_LAZY = {
    "params": "params",
    "parameters": "params",
    "config": "config",
    "configs": "config",
    "package": "package",
    "execution": "execution",
    "results": "results",
    "input": "input",
}


def __getattr__(name: str) -> Any:
    if name == "logging":
        from ._logging import make_logger

        value: Any = make_logger()
    elif name in _LAZY:
        value = current_run()[_LAZY[name]]
    elif name.startswith("__"):
        raise AttributeError(name)
    else:
        from ._missing import describe_missing

        raise describe_missing(name, __dir__())
    globals()[name] = value
    return value


def __dir__() -> List[str]:
    return sorted([*_LAZY, "events", "logging", "result", "retry", "scheduler", "secrets", "state"])
