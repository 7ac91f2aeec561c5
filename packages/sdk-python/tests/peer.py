"""An executor's side for tests: a real Python child with descriptors 3 and 4, answered from a dict."""

import fcntl
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
from typing import Any, Dict, List, Optional, Tuple

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BOOTSTRAP = os.path.join(ROOT, "..", "..", "executor", "src", "bootstrap", "bootstrap.py")

_PUT_AT_3_AND_4 = """
import os, sys
for end, place in zip(sys.argv[1:3], (3, 4)):
    os.dup2(int(end), place)
    os.close(int(end))
os.execv(sys.argv[3], sys.argv[3:])
"""


def interpreter_environment() -> Dict[str, str]:
    """What an interpreter needs to start here: one that was unpacked into a folder finds its libraries by a variable."""
    return {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}


def _make_token_pipe() -> int:
    """A pipe for descriptor 4, which has had a name as the executor's have."""
    folder = tempfile.mkdtemp()
    name = os.path.join(folder, "token")
    os.mkfifo(name)
    descriptor = os.open(name, os.O_RDWR)
    os.unlink(name)
    os.rmdir(folder)
    return descriptor


class Peer:
    """What a run answers from, and what it was asked."""

    def __init__(self, **store: Dict[str, Any]) -> None:
        self.secrets = store.get("secrets", {})
        self.params = store.get("params", {})
        self.config = store.get("config", {})
        self.state = store.get("state", {})
        self.asked: List[Dict[str, Any]] = []

    def run(self, path: str, cwd: Optional[str] = None, env: Optional[Dict[str, str]] = None) -> Tuple[int, str, str]:
        """Runs the script as a step; returns exit code, output and error output."""
        frames, their_frames = socket.socketpair()
        token = _make_token_pipe()
        # Above 4, so that putting them there overwrites neither.
        ends = [fcntl.fcntl(end, fcntl.F_DUPFD, 10) for end in (their_frames.fileno(), token)]
        child = subprocess.Popen(
            [sys.executable, "-c", _PUT_AT_3_AND_4, *map(str, ends), sys.executable, "-B", BOOTSTRAP, path],
            pass_fds=ends,
            cwd=cwd,
            env={**interpreter_environment(), "SEALRUN_EXECUTION_ID": "exe_test", **(env or {})},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        their_frames.close()
        for descriptor in ends:
            os.close(descriptor)
        os.write(token, b"\n")
        threading.Thread(target=self._serve, args=(frames,), daemon=True).start()
        output, errors = child.communicate(timeout=50)
        os.close(token)
        return child.returncode, output.decode(), errors.decode()

    def _serve(self, frames: socket.socket) -> None:
        stream = frames.makefile("rb")
        try:
            while True:
                line = stream.readline()
                if not line:
                    return
                request = json.loads(stream.read(int(line)))
                if request.get("name") == "GONE":
                    return
                reply = json.dumps(dict(self._answer(request), id=request["id"])).encode()
                frames.sendall(b"%d\n%b" % (len(reply), reply))
        except OSError:
            return
        finally:
            for end in (stream, frames):
                end.close()

    def _answer(self, request: Dict[str, Any]) -> Dict[str, Any]:
        self.asked.append(request)
        op = request["op"]
        if op == "context":
            execution = {"id": "exe_test", "attempt": 1, "step": "main.py"}
            package = {"name": "report", "id": "pkg_test"}
            run = {"params": self.params, "config": self.config, "package": package, "execution": execution, "results": {}}
            return {"ok": True, "value": run}
        if op == "all":
            return {"ok": True, "value": self.secrets}
        if op == "get":
            if request["name"].startswith("BROKEN"):
                return {"ok": False, "code": "TAMPERED", "message": "it was changed"}
            return {"ok": True, "found": request["name"] in self.secrets, "value": self.secrets.get(request["name"])}
        if op == "set":
            if request["scope"] == "service":
                return {"ok": False, "code": "SCOPE_NOT_WRITABLE", "message": "not that one"}
            self.secrets[request["name"]] = request["value"]
            return {"ok": True, "scope": request["scope"], "version": 1}
        if op == "state.get":
            return {"ok": True, "value": self.state.get(request["key"]) if "key" in request else self.state}
        if op in ("event.send", "schedule"):
            return {"ok": True, "value": "evt_1" if op == "event.send" else "sch_1"}
        if op == "state.put":
            self.state[request["key"]] = request["value"]
        return {"ok": True}
