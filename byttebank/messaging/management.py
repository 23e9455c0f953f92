"""RabbitMQ's management API, as far as `byttebank init` uses it.

The API and not rabbitmqctl: it works from another machine or container, needs no Erlang cookie, which is
every right there is, and takes milliseconds a call where each rabbitmqctl starts an Erlang of its own.
"""

import base64
import json
import urllib.error
import urllib.request
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from byttebank.config import without_password
from byttebank.messaging.brokers import BrokerUnusable
from byttebank.messaging.definitions import SHOVEL, differing

Document = dict[str, Any]
TIMEOUT_SECONDS = 30
PLUGINS = "rabbitmq-plugins enable rabbitmq_management rabbitmq_shovel rabbitmq_shovel_management"


class Management:
    """The API at `http[s]://user:password@host:port`."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._shown = without_password(url)
        address = parts.netloc.rpartition("@")[2]
        self._base = f"{parts.scheme}://{address}{parts.path.rstrip('/')}/api/"
        login = f"{unquote(parts.username or '')}:{unquote(parts.password or '')}"
        self._authorization = "Basic " + base64.b64encode(login.encode()).decode()
        # A proxy of the machine has no way to what runs beside it.
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def apply(self, definitions: Document, vhost: str) -> None:
        """The broker holds what the definitions say. What else it holds stays.

        Refuses: `BrokerUnusable`, also when a queue or exchange exists with other properties; nothing has
        changed then.
        """
        if any(one["name"] == vhost for one in self._ask("vhosts")):
            for kind in ("exchanges", "queues"):
                if wrong := differing(definitions[kind], self._ask(f"{kind}/{_part(vhost)}")):
                    raise BrokerUnusable(
                        f"The broker at {self._shown} has {', '.join(wrong)}, but otherwise than this release"
                        f" needs. Empty and delete these {kind}, then run `byttebank init` again."
                    )
        self._ask("definitions", "POST", definitions)

    def limit_users(self, limits: Sequence[tuple[str, str, int]]) -> None:
        """Each (user, limit, value) holds. Refuses: `BrokerUnusable`."""
        for user, limit, value in limits:
            self._ask(f"user-limits/{_part(user)}/{limit}", "PUT", {"value": value})

    def apply_shovels(self, shovels: Sequence[Document], vhost: str, prefix: str) -> list[str]:
        """These shovels run, and no others whose name begins so; the names of those that were deleted.

        Refuses: `BrokerUnusable`, also without the shovel plugin.
        """
        for shovel in shovels:
            path = f"parameters/{SHOVEL}/{_part(vhost)}/{_part(shovel['name'])}"
            self._ask(path, "PUT", shovel)
        wanted = {shovel["name"] for shovel in shovels}
        found = [one["name"] for one in self._ask(f"parameters/{SHOVEL}/{_part(vhost)}")]
        old = [name for name in found if name.startswith(prefix) and name not in wanted]
        for name in old:
            self._ask(f"parameters/{SHOVEL}/{_part(vhost)}/{_part(name)}", "DELETE")
        return old

    def writers(self, vhost: str, prefix: str) -> list[str]:
        """Users of the virtual host whose name begins so. Refuses: `BrokerUnusable`."""
        found = self._ask(f"vhosts/{_part(vhost)}/permissions")
        return sorted(one["user"] for one in found if one["user"].startswith(prefix))

    def alarms(self) -> list[str]:
        """What the broker's nodes are short of, in words. Refuses: `BrokerUnusable`."""
        kinds = {"disk_free_alarm": "disk", "mem_alarm": "memory"}
        return [
            f"{node['name']} is short of {thing}"
            for node in self._ask("nodes")
            for kind, thing in kinds.items()
            if node.get(kind)
        ]

    def _ask(self, path: str, method: str = "GET", body: Any = None) -> Any:
        content = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": self._authorization, "Content-Type": "application/json"}
        request = urllib.request.Request(self._base + path, content, headers, method=method)
        try:
            with self._opener.open(request, timeout=TIMEOUT_SECONDS) as answer:
                return json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            raise BrokerUnusable(f"The management API at {self._shown} {_why(error, path)}") from error
        except (OSError, ValueError) as error:
            reason = getattr(error, "reason", error)
            raise BrokerUnusable(
                f"The management API at {self._shown} does not answer: {reason}. Does the broker run, with"
                f" its plugins? `{PLUGINS}`"
            ) from error


def _why(error: urllib.error.HTTPError, path: str) -> str:
    if error.code == 401:
        return "refuses the user or its password; see BYTTEBANK_MANAGEMENT_URL and its password file."
    try:
        reason = json.loads(error.read()).get("reason", "")
    except (ValueError, AttributeError):
        reason = ""
    if f"/{SHOVEL}/" in f"/{path}/" and error.code in (400, 404):
        return f"does not take a shovel: {reason or error.reason}. `{PLUGINS}`"
    if error.code in (401, 403):
        return "does not let this user administer; it needs the tag administrator."
    return f"refuses {path}: {error.code} {reason or error.reason}"


def _part(name: str) -> str:
    return quote(name, safe="")
