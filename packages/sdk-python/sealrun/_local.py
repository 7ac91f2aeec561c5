"""Local mode: a script runs without a platform. ``ef_env.json`` in the working directory takes the platform's place::

    { "params": { "package_name": "report", "package_id": "local" }, "config": {}, "secrets": {} }

``secrets`` is the service scope; ``set`` keeps its values beside it, under ``project_secrets`` and ``platform_secrets``.
State is kept in ``ef_package_state.json``. Ferris tutorials also write ``parameters`` and ``configs``: both are read.
"""

from __future__ import annotations

import json
import os
import re
import sys

from ._error import SealrunError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Optional

_ENVIRONMENT_FILE = "ef_env.json"
_STATE_FILE = "ef_package_state.json"
_SCOPES = {"project": "project_secrets", "platform": "platform_secrets"}
_SECRET_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,127}")


def is_local() -> bool:
    """True when the environment asks for local mode: ``SEALRUN_ENV=local``, or Ferris's ``EF_ENV=local``."""
    return os.environ.get("SEALRUN_ENV") == "local" or os.environ.get("EF_ENV") == "local"


def answer(request: Dict[str, Any]) -> Dict[str, Any]:
    """Answers as an executor would, from the files in the working directory; makes ``ef_env.json`` when it is missing."""
    op = request["op"]
    if op == "context":
        return _value(_context())
    if op == "env":
        return _value({})
    if op == "all":
        return _value(_section(_read_environment(), "secrets"))
    if op == "get":
        return _look_up(request["name"])
    if op == "set":
        return _keep(request["name"], request["scope"], request["value"])
    if op == "state.get":
        state = _read_file(_STATE_FILE) or {}
        return _value(state.get(request["key"]) if "key" in request else state)
    if op == "state.put":
        state = _read_file(_STATE_FILE) or {}
        state[request["key"]] = request["value"]
        _write_file(_STATE_FILE, state)
    elif op == "log":
        sys.stderr.write("%s %s\n" % (request["level"].upper(), request["message"]))
    elif op == "event.send":
        names = ", ".join(request["value"]) or "no data"
        sys.stderr.write("EVENT %s (%s); nothing is sent in local mode\n" % (request["type"], names))
        return _value("local")
    elif op == "schedule":
        sys.stderr.write("SCHEDULE %s; nothing is scheduled in local mode\n" % _when(request))
        return _value("OK")
    elif op == "result":
        sys.stderr.write("RESULT %s\n" % json.dumps(request["value"], ensure_ascii=False))
    return {"ok": True}


def _when(request: Dict[str, Any]) -> str:
    return "cron %s" % request["cron"] if "cron" in request else "in %g s" % (request.get("delayMs", 0) / 1000)


def _value(value: Any) -> Dict[str, Any]:
    return {"ok": True, "found": True, "value": value}


def _read_environment() -> Dict[str, Any]:
    found = _read_file(_ENVIRONMENT_FILE)
    if found is not None:
        return found
    fresh: Dict[str, Any] = {
        "params": {"package_name": os.path.basename(os.getcwd()), "package_id": "local"},
        "config": {},
        "secrets": {},
    }
    _write_file(_ENVIRONMENT_FILE, fresh)
    return fresh


def _section(environment: Dict[str, Any], *names: str) -> Dict[str, Any]:
    merged: Dict[str, Any] = {}
    for name in names:
        part = environment.get(name)
        if isinstance(part, dict):
            merged.update(part)
    return merged


def _context() -> Dict[str, Any]:
    given = _read_given()
    environment = _read_environment()
    params = _section(environment, "parameters", "params") if given is None else given["params"]
    config = _section(environment, "configs", "config") if given is None else given["config"]
    config["_is_local_env"] = True
    return {
        "params": params,
        "config": config,
        "package": {
            "name": params.get("package_name", os.path.basename(os.getcwd())),
            "id": params.get("package_id", "local"),
        },
        "execution": {"id": "local", "attempt": 1, "step": os.path.basename(sys.argv[0]), "trigger": {"kind": "request"}},
        "results": {},
        "input": None if given is None else given["input"],
    }


def _read_given() -> Optional[Dict[str, Any]]:
    """What ``sealrun local`` resolved for this script, in a deleted file on descriptor 3; None when there is none."""
    if os.environ.get("SEALRUN_LOCAL_GIVEN") != "3":
        return None
    try:
        content = json.loads(os.pread(3, os.fstat(3).st_size, 0).decode("utf-8"))["sealrunLocal"]
        return {name: content[name] for name in ("params", "config", "input")}
    except (OSError, ValueError, KeyError, TypeError):
        # Programs that the script starts do not get the descriptor; unresolved references would be worse than an error.
        message = "sealrun: only the script itself can read what sealrun local resolved; pass the values on to the programs that it starts"
        raise SealrunError("CHANNEL_BROKEN", message) from None


def _look_up(name: str) -> Dict[str, Any]:
    environment = _read_environment()
    for part in ("secrets", "project_secrets", "platform_secrets"):
        values = _section(environment, part)
        if name in values:
            return _value(values[name])
    return {"ok": True, "found": False, "value": None}


def _keep(name: str, scope: str, value: Any) -> Dict[str, Any]:
    if scope not in _SCOPES:
        return _refusal("SCOPE_NOT_WRITABLE", "a script may set secrets in the scopes project and platform only")
    if not _SECRET_NAME.fullmatch(name) or name == "__proto__":
        rule = "a secret name starts with a letter or _ and may have only letters, digits, _ . and -, at most 128"
        return _refusal("NAME_NOT_ALLOWED", rule)
    environment = _read_environment()
    values = _section(environment, _SCOPES[scope])
    values[name] = value
    environment[_SCOPES[scope]] = values
    _write_file(_ENVIRONMENT_FILE, environment)
    return {"ok": True, "scope": scope, "version": 1}


def _refusal(code: str, message: str) -> Dict[str, Any]:
    return {"ok": False, "code": code, "message": "sealrun: " + message}


def _read_file(path: str) -> Optional[Dict[str, Any]]:
    if not os.path.exists(path):
        return None
    try:
        with open(path, encoding="utf-8-sig") as file:
            content = json.load(file)
    except ValueError:
        # Without the parser's error, which can hold the text.
        content = None
    if not isinstance(content, dict):
        raise SealrunError("MALFORMED", "sealrun: %s in %s does not hold one JSON object" % (path, os.getcwd()))
    return content


def _write_file(path: str, content: Dict[str, Any]) -> None:
    """Replaces a file in one step, readable only by its owner."""
    draft = "%s.%d.tmp" % (path, os.getpid())
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(content, file, indent=2, ensure_ascii=False)
        file.write("\n")
    os.replace(draft, path)
