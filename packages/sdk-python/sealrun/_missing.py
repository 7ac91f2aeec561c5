"""Sentences for what a script asks for and does not find: a member of the context, or in local mode a library."""

from __future__ import annotations

import os
import sys

from ._error import SealrunError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Dict, Sequence

_INSTEAD: Dict[str, str] = {
    "storage": "use the object store's own library, such as minio in requirements.txt, with its keys in secrets",
    "output": "print the text or log it with context.logging, and return data with context.result(value)",
}


class MissingMember(SealrunError, AttributeError):
    """Also an ``AttributeError``, so that ``hasattr`` and ``getattr`` with a default work as usual."""


def describe_missing(name: str, known: Sequence[str]) -> MissingMember:
    """The error for a name that the context has not: what to use instead, or which name was probably meant."""
    if name in _INSTEAD:
        return MissingMember("NOT_FOUND", "sealrun: context.%s is not in this release; %s" % (name, _INSTEAD[name]))
    from difflib import get_close_matches

    meant = get_close_matches(name, known, 1)
    advice = "did you mean context.%s?" % meant[0] if meant else "it has %s" % ", ".join(known)
    return MissingMember("NOT_FOUND", "sealrun: context has no %s in this release; %s" % (name, advice))


def describe_module(error: ModuleNotFoundError) -> str:
    """Where a script imports a library that is not installed, and how to install it."""
    place = error.__traceback__
    while place and place.tb_next and not place.tb_next.tb_frame.f_code.co_filename.startswith("<frozen"):
        place = place.tb_next
    file = os.path.relpath(place.tb_frame.f_code.co_filename) if place else "a script"
    line = place.tb_lineno if place else 0
    pip = "%s -m pip install%s -r requirements.txt" % (sys.executable, " --find-links wheels" if os.path.isdir("wheels") else "")
    how = "run: " + pip if os.path.exists("requirements.txt") else "name it in requirements.txt as NAME==VERSION, and run: " + pip
    return "%s:%d imports %s, which is not installed; in the package's folder %s\n" % (file, line, error.name, how)
