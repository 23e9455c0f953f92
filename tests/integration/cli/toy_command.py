"""The command, with a demonstration of two empty counties and a gateway that says hello.

`TOY_LOAD=fail` makes the loading run out of disk, `slow` makes it take a minute; `TOY_SERVICE=hang` makes a
service never stop.
"""

import errno
import os
import sys
import time
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

from byttebank.__main__ import main  # patches eventlet
from byttebank.messaging.service import Runtime, every
from byttebank.messaging.web import WebApplication


class StateUnusable(Exception):
    """As the demonstration has it."""


def load(state_dir: Path, *, tell: Any) -> None:
    if os.environ.get("TOY_LOAD") == "fail":
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(state_dir / "ledger.sqlite"))
    if os.environ.get("TOY_LOAD") == "odd":
        raise StateUnusable("The folder is odd. Delete it.")
    tell("loading")
    if os.environ.get("TOY_LOAD") == "slow":
        time.sleep(60)


def sign_ins(state_dir: Path) -> list[dict[str, str]]:
    return [
        {
            "county": county,
            "county_name": county.title(),
            "library": "Library",
            "name": "Kari",
            "email": f"kari@{county}.example",
            "password": "secret",
            "role": "colleague",
        }
        for county in ("innlandet", "oslo")
    ]


def hello(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"hello"]


class GatewayService:
    name = "gateway"
    web = WebApplication(lambda backend, hosting: hello)


class StubbornService:
    name = "notify"
    runtime = Runtime()

    @every(0.01)
    def tick(self) -> None:
        while True:
            time.sleep(0.1)


def module(name: str, **contents: Any) -> None:
    made = ModuleType(name)
    for key, value in contents.items():
        if isinstance(value, type):
            value.__module__ = name
        setattr(made, key, value)
    sys.modules[name] = made


COUNTIES = {slug: SimpleNamespace(name=slug.title()) for slug in ("innlandet", "oslo")}

module("demo")
module("demo.marker", StateUnusable=StateUnusable)
module("demo.reference", read_counties=lambda: COUNTIES)
module("demo.federation", load=load, sign_ins=sign_ins)
module("gateway.front", create_front=lambda counties, is_demo, sign_ins: hello)
module("gateway.service", GatewayService=GatewayService)
if os.environ.get("TOY_SERVICE") == "hang":
    module("services.notify.service", NotifyService=StubbornService)

if __name__ == "__main__":
    main()
