"""What a script run by sealrun imports: ``from sealrun import context, get_secret, get_param``."""

from . import context
from ._error import SealrunError
from ._run import get_param
from ._secrets import get_secret

__all__ = ["SealrunError", "context", "get_param", "get_secret"]
