"""The bare peers of our RPC and pages, and the callers that time them, in a process of their own.

python -m bench.bare calls AMQP_URL COUNTY LIBRARY TIMES    one JSON object: seconds by name
python -m bench.bare page PORT                              a bare Flask page until killed
"""

import eventlet

eventlet.monkey_patch()

import json  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402
from collections.abc import Callable  # noqa: E402
from typing import Any  # noqa: E402

from eventlet import wsgi  # noqa: E402
from flask import Flask  # noqa: E402
from nameko.containers import ServiceContainer  # noqa: E402
from nameko.rpc import rpc  # noqa: E402
from nameko.standalone.rpc import ClusterRpcProxy  # noqa: E402

from byttebank.messaging.rpc import RpcBackend, RpcClient  # noqa: E402

WARM_UP = 20


class Echo:
    """nameko as it comes."""

    name = "bench_echo"

    @rpc
    def answer(self, number: int) -> int:
        return number


def calls(url: str, county: str, library_id: str, times: int) -> dict[str, list[float]]:
    """Seconds of each call: nameko's echo; our ledger's account, which asks its database."""
    found = {}
    config = {"AMQP_URI": url}
    container = ServiceContainer(Echo, config)
    container.start()
    with ClusterRpcProxy(config, timeout=10) as proxy:
        found["echo"] = _time(lambda: proxy.bench_echo.answer(1), times)
    container.stop()
    client = RpcClient(url, county)
    client.start()
    if not client.wait_until_ready():
        raise SystemExit("no answers can arrive")
    backend = RpcBackend(client)
    found["account"] = _time(lambda: backend.ledger.account(library_id), times)
    client.stop()
    return found


def page(port: int) -> None:
    """A Flask page that asks nobody, hosted as the gateway is."""
    app = Flask("bare")
    app.add_url_rule("/", "page", lambda: "<!doctype html><title>Bare</title><p>Bare")
    wsgi.server(eventlet.listen(("127.0.0.1", port)), app, log_output=False)


def _time(act: Callable[[], Any], times: int) -> list[float]:
    for _ in range(WARM_UP):
        act()
    took = []
    for _ in range(times):
        began = time.perf_counter()
        act()
        took.append(time.perf_counter() - began)
    return took


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["calls", url, county, library_id, times]:
            print(json.dumps(calls(url, county, library_id, int(times))))
        case ["page", port]:
            page(int(port))
        case _:
            sys.exit(__doc__)
