"""The gateway as a process of its county: a nameko container that hosts the Flask application."""

from flask import Flask

from byttebank.messaging.rpc import RpcBackend
from byttebank.messaging.web import Hosting, WebApplication
from gateway.app import create_app
from gateway.secret import keep_secret_key
from gateway.settings import SIGN_INS_FILE, GatewaySettings, read_sign_ins


def create(backend: RpcBackend, hosting: Hosting) -> Flask:
    """The county's application, as its host mounts it."""
    is_demo = hosting.configuration.is_demo
    settings = GatewaySettings(
        county=hosting.county,
        prefix=hosting.prefix,
        public_url=hosting.public_url,
        is_demo=is_demo,
        database=hosting.database,
        secret_key=keep_secret_key(hosting.database),
        sign_ins=read_sign_ins(hosting.configuration.state_dir / SIGN_INS_FILE) if is_demo else (),
        run_in_thread=hosting.run_in_thread,
        waiting_links=hosting.waiting_links,
    )
    return create_app(backend, settings)


class GatewayService:
    """Pages for people, JSON for programs."""

    name = "gateway"
    web = WebApplication(create)
