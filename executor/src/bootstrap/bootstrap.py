"""Runs a Python script as if the interpreter had been given it: ``python3 -B bootstrap.py SCRIPT``.

Ferris scripts read ``json.loads(sys.argv[1])``: here that element is made at first access, so that the real command
line has no values, and a script that does not use it reads nothing.
"""

import operator
import os
import sys


class Arguments(list):
    """
    The list holds only the script, as the real command line does; the payload is one more element that only an index
    reads. Slices, iteration and copies see the list, so that a parser of arguments finds none and no child gets the
    payload on its command line. A script that sets or adds arguments gets what it has set.
    """

    _is_offered = True
    _payload = None

    def _offers(self):
        return self._is_offered and list.__len__(self) == 1

    def _position(self, key):
        """The position that an index means while the payload is offered; None for slices and otherwise."""
        if isinstance(key, slice) or not self._offers():
            return None
        position = operator.index(key)
        if position < -2:
            raise IndexError("list index out of range")
        return position + 2 if position < 0 else position

    def _read(self):
        if self._payload is None:
            from sealrun._run import read_payload

            self._payload = read_payload()
        return self._payload

    def __len__(self):
        return list.__len__(self) + self._offers()

    def __getitem__(self, key):
        position = self._position(key)
        if position == 1:
            return self._read()
        return super().__getitem__(key if position is None else position)

    def __setitem__(self, key, value):
        position = self._position(key)
        if position == 1:
            self.append(value)
        else:
            super().__setitem__(key if position is None else position, value)

    def __delitem__(self, key):
        position = self._position(key)
        if position == 1:
            self._is_offered = False
        else:
            super().__delitem__(key if position is None else position)

    def pop(self, index=-1):
        position = self._position(index)
        if position == 1:
            value = self._read()
            self._is_offered = False
            return value
        return super().pop(index if position is None else position)

    def __reduce_ex__(self, protocol):
        return list, (list(self),)


def keep_out_of_command_lines(name):
    """These functions of ``os`` read a list by index: without this, ``os.execv(path, sys.argv)`` would pass the payload."""
    start = getattr(os, name)

    def start_with_list(path, argv, *more, **named):
        return start(path, list(argv) if isinstance(argv, Arguments) else argv, *more, **named)

    start_with_list.__name__, start_with_list.__doc__ = start.__name__, start.__doc__
    setattr(os, name, start_with_list)


def remove_library_path():
    """
    Removes the variable that only this interpreter needed to find its own libraries, so that the script's children do
    not get it. A child that is this interpreter again gets it from ``/opt/python/bin/python3``.
    """
    if os.environ.get("LD_LIBRARY_PATH", "").startswith("/opt/python/"):
        del os.environ["LD_LIBRARY_PATH"]
        sys.executable = "/opt/python/bin/python3"


def set_sealed_variables():
    """Sets the manifest's variables with secrets in this process: no environment block that sealrun made has them."""
    if os.environ.pop("SEALRUN_SEALED_ENV", "") == "1":
        from sealrun._run import read_step_variables

        os.environ.update(read_step_variables())


def mounted_sdk():
    """The folder of the Python SDK."""
    here = os.path.dirname(os.path.realpath(__file__))
    mounted = os.path.join(os.path.dirname(here), "python")
    in_repository = os.path.join(here, "..", "..", "..", "packages", "sdk-python")
    return mounted if os.path.isdir(mounted) else os.path.realpath(in_repository)


def set_search_path(script):
    """Puts the script's folder first, as Python does, and the SDK after it."""
    sys.path[0] = os.path.dirname(os.path.realpath(script))
    sys.path.insert(1, mounted_sdk())


def run(script):
    """Runs the script as ``__main__``; an uncaught exception is shown without the frames of this file."""
    main = type(sys)("__main__")
    main.__dict__.update(__file__=os.path.abspath(script), __builtins__=__builtins__, __cached__=None)
    sys.modules["__main__"] = main
    try:
        with open(script, "rb") as file:
            source = file.read()
        exec(compile(source, main.__file__, "exec", dont_inherit=True), main.__dict__)
    except Exception as error:
        if os.environ.get("SEALRUN_ENV") == "local" and isinstance(error, ModuleNotFoundError):
            from sealrun._missing import describe_module

            sys.stderr.write(describe_module(error))
            sys.exit(1)
        frames = error.__traceback__.tb_next
        sys.excepthook(type(error), error.with_traceback(frames), frames)
        sys.exit(1)


def wait_for_script():
    """
    For an interpreter that was started ahead of its step: imports the SDK, says that it is ready, and waits for the
    script's path and variables. If descriptor 3 ends first, nothing of a package has run. Returns the script's path.
    """
    known = set(sys.modules)
    search_path = list(sys.path)
    own = {mounted_sdk(), *os.environ.get("PYTHONPATH", "").split(os.pathsep)}
    # No module of a package that was installed for scripts may run now.
    sys.path[:] = [mounted_sdk(), *(path for path in search_path[1:] if path not in own)]
    import json

    import sealrun  # noqa: F401
    import sealrun._run  # noqa: F401

    sys.path[:] = search_path
    loaded = [name for name in sys.modules if name not in known]
    os.write(3, b"ready\n")
    text = b""
    while not text.endswith(b"\n"):
        part = os.read(3, 65536)
        if not part:
            os._exit(70)
        text += part
    given = json.loads(text[len(b"go ") :])
    script = given["script"]
    os.environ.update(given["variables"])
    if hasattr(sys, "orig_argv"):
        sys.orig_argv[-1] = script
    forget_shadowed(loaded, [os.path.dirname(os.path.realpath(script)), *(own - {mounted_sdk()})])
    return script


def forget_shadowed(loaded, folders):
    """A script's own ``json.py`` or installed package wins, as in a new interpreter: then nothing was imported ahead."""
    names = {entry.partition(".")[0] for folder in folders if os.path.isdir(folder) for entry in os.listdir(folder)}
    if any(name.partition(".")[0] in names for name in loaded):
        for name in loaded:
            del sys.modules[name]


if __name__ == "__main__":
    remove_library_path()
    if sys.argv[1] == os.path.join(os.path.dirname(os.path.abspath(__file__)), "script-at-go"):
        sys.argv[1] = wait_for_script()
    set_search_path(sys.argv[1])
    set_sealed_variables()
    sys.argv = Arguments([sys.argv[1]])
    for starting in ("execv", "execve", "posix_spawn", "posix_spawnp"):
        keep_out_of_command_lines(starting)
    run(sys.argv[0])
