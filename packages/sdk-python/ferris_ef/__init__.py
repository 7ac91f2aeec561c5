"""The name under which Ferris scripts import sealrun: the same module."""

import sys

import sealrun
from sealrun import SealrunError, context, get_param, get_secret

__all__ = ["SealrunError", "context", "get_param", "get_secret"]

sys.modules[__name__] = sealrun
sys.modules[__name__ + ".context"] = context
