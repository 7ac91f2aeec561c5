"""The data of a run, requested once and then cached."""

from __future__ import annotations

from types import SimpleNamespace

from ._ask import ask

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Optional

_cached_run: Optional[Dict[str, Any]] = None


def current_run() -> Dict[str, Any]:
    """``params``, ``config``, ``package``, ``execution``, ``results`` and ``input`` of this run."""
    global _cached_run
    if _cached_run is None:
        _cached_run = _read(ask(op="context")["value"])
    return _cached_run


def get_param(name: str) -> Any:
    """The parameter of that name. On a miss, prints that it was not found, as Ferris does, and returns None."""
    params = current_run()["params"]
    if name in params:
        return params[name]
    print("Parameter %s not found!" % name)
    return None


def read_payload() -> str:
    """The text that Ferris passed as a script's first argument; counts as a read of every service secret in it."""
    import json

    payload = dict(current_run()["params"], secrets=ask(op="all")["value"])
    return json.dumps(payload, ensure_ascii=False)


def read_step_variables() -> Dict[str, str]:
    """The step's variables that hold secrets; the bootstrap sets them before the script starts."""
    return ask(op="env")["value"]


def _read(answer: Dict[str, Any]) -> Dict[str, Any]:
    package = answer["package"]
    execution = answer["execution"]
    # The names under which Ferris scripts find their package and run.
    params = dict(
        answer["params"],
        package_name=package["name"],
        package_id=package["id"],
        execution_id=execution["id"],
        _fxcid=execution["id"],
        _fxexec=execution["id"],
    )
    return {
        "params": params,
        "config": answer["config"],
        "package": SimpleNamespace(name=package["name"], id=package["id"]),
        "execution": SimpleNamespace(
            id=execution["id"],
            attempt=execution["attempt"],
            step=execution["step"],
            trigger=execution.get("trigger", {}),
        ),
        "results": answer["results"],
        "input": answer.get("input"),
    }
