"""Ferris's older library, for scripts that import it beside ``ferris_ef``: events and configuration.

It had several modules with the same names in them (``ferris_cli.v2``, ``ferris_cli.v2.services.events``); here each of
them is this module.
"""

from __future__ import annotations

import sys

from sealrun import context
from sealrun._error import SealrunError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional

__all__ = ["ApplicationConfigurator", "EventSender", "FerrisEvents"]

#: The settings of the whole platform under Ferris. Here a package has them in its own config.json.
DEFAULT_CONFIG = "ferris.env"

_SUBMODULES = (
    "ferris_cli v2 v2.services v2.services.broker v2.services.config v2.services.events v2.services.logging "
    "v2.services.notifications v2.services.oidc v2.services.postgres v2.services.storage"
).split()

_INSTEAD = {
    "MinioService": "use the object store's own library, such as minio in requirements.txt, with its keys in secrets",
    "PostgreSQL": "use a PostgreSQL library, such as psycopg in requirements.txt, with the password in a secret",
    "FerrisLogging": "use context.logging of ferris_ef, or print",
    "FerrisLoggingHandler": "use context.logging of ferris_ef, or print",
    "FerrisKafkaLoggingHandler": "use context.logging of ferris_ef, or print",
    "FerrisBroker": "send events with FerrisEvents().send(event_type, event_source, data)",
    "CloudEventsAPI": "send events with FerrisEvents().send(event_type, event_source, data)",
    "FerrisNotificatons": "send an event with FerrisEvents().send(event_type, event_source, data) to a package that notifies",
    "Consul": "use context.config and context.state of ferris_ef",
}


class FerrisEvents:
    """``FerrisEvents().send(…)``, or without the parentheses: the same as ``context.events.send``."""

    @staticmethod
    def send(
        event_type: str,
        event_source: Optional[str] = None,
        data: Optional[Dict[str, Any]] = None,
        topic: Any = None,
        reference_id: Optional[str] = None,
        correlation_id: Optional[str] = None,
    ) -> str:
        """Starts the packages of the project that wait for the type; returns the event's id. ``topic`` has no effect."""
        return context.events.send(event_type, event_source, data, topic, reference_id or correlation_id)


class EventSender:
    """``EventSender().send(event_type, data)``: an event from this package."""

    @staticmethod
    def send(event_type: str, data: Optional[Dict[str, Any]] = None) -> str:
        """The same as ``context.events.send(event_type, data=data)``."""
        return context.events.send(event_type, data=data)


class ApplicationConfigurator:
    """``ApplicationConfigurator.get(…)``, or with parentheses before the point: the package's config.json."""

    @staticmethod
    def get(name: Optional[str] = None) -> Dict[str, Any]:
        """``context.config``, under the package's own name, under ``"ferris.env"`` and without a name.

        Raises ``NOT_FOUND`` for any other name: a script reads no other package's configuration.
        """
        if name in (None, "", DEFAULT_CONFIG, context.package.name):
            return context.config
        raise SealrunError(
            "NOT_FOUND",
            "sealrun: ApplicationConfigurator.get reads only the config.json of this package, %s; "
            "put the settings there and call it with context.package.name" % context.package.name,
        )


def __getattr__(name: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(name)
    # As an ImportError, because "from … import" replaces the text of an AttributeError.
    instead = _INSTEAD.get(name, "it has %s" % ", ".join(__all__))
    raise ImportError("sealrun's ferris_cli has no %s; %s" % (name, instead))


def __dir__() -> List[str]:
    return list(__all__)


for _name in _SUBMODULES:
    sys.modules["%s.%s" % (__name__, _name)] = sys.modules[__name__]
    globals()[_name.rsplit(".", 1)[-1]] = sys.modules[__name__]
