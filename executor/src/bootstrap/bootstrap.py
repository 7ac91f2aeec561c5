"""Runs a Python script as if the interpreter had been given it: ``python3 -B bootstrap.py SCRIPT``.

Ferris scripts read ``json.loads(sys.argv[1])``: here that element is made at first access, so that the real command
line has no values, and a script that does not use it reads nothing.
"""

import os
import sys


class LazyArguments(list):
    """``[script, payload]``; the payload is requested at first access."""

    def __init__(self, script):
        super().__init__([script, ""])
        self._is_filled = False

    def _fill(self):
        if self._is_filled:
            return
        self._is_filled = True
        try:
            from sealrun._run import read_payload

            list.__setitem__(self, 1, read_payload())
        except BaseException:
            self._is_filled = False
            raise

    def _reaches(self, key):
        return 1 in range(*key.indices(2)) if isinstance(key, slice) else key not in (0, -2)

    def __getitem__(self, key):
        if self._reaches(key):
            self._fill()
        return super().__getitem__(key)

    def __setitem__(self, key, value):
        if key in (1, -1) and not isinstance(key, slice):
            self._is_filled = True
        elif self._reaches(key):
            self._fill()
        super().__setitem__(key, value)

    def __reduce_ex__(self, protocol):
        return list, (list(self),)

    def __radd__(self, other):
        return other + list(self)


def _filling(name):
    method = getattr(list, name)

    def filled(self, *arguments, **named):
        self._fill()
        return method(self, *arguments, **named)

    filled.__name__ = name
    return filled


for _name in (
    "__add__ __contains__ __delitem__ __eq__ __ge__ __gt__ __iadd__ __imul__ __iter__ __le__ __lt__ __mul__ __ne__ "
    "__repr__ __reversed__ __rmul__ append clear copy count extend index insert pop remove reverse sort"
).split():
    setattr(LazyArguments, _name, _filling(_name))


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


def set_search_path(script):
    """Puts the script's folder first, as Python does, and the SDK after it."""
    here = os.path.dirname(os.path.realpath(__file__))
    mounted = os.path.join(os.path.dirname(here), "python")
    in_repository = os.path.join(here, "..", "..", "..", "packages", "sdk-python")
    sys.path[0] = os.path.dirname(os.path.realpath(script))
    sys.path.insert(1, mounted if os.path.isdir(mounted) else os.path.realpath(in_repository))


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
        frames = error.__traceback__.tb_next
        sys.excepthook(type(error), error.with_traceback(frames), frames)
        sys.exit(1)


if __name__ == "__main__":
    remove_library_path()
    set_search_path(sys.argv[1])
    set_sealed_variables()
    sys.argv = LazyArguments(sys.argv[1])
    run(sys.argv[0])
