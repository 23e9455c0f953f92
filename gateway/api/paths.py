"""Identifiers in paths: what is none leads nowhere."""

from werkzeug.routing import BaseConverter


class IdConverter(BaseConverter):
    """A UUID in lower case."""

    regex = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
