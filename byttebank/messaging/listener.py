"""A listening socket under eventlet that serves one WSGI application and knows how to end."""

import errno
import socket
from contextlib import suppress
from typing import Any

import eventlet
from eventlet import wsgi
from greenlet import GreenletExit

from byttebank.telemetry import WsgiApp

MAX_CONNECTIONS = 500
IDLE_SECONDS = 30
SOCKET_SECONDS = 60


class CannotListen(Exception):
    """The address cannot be listened on. The message says why and what to do."""


class Listener:
    """A listening socket that serves one WSGI application until `stop`."""

    def __init__(self, app: WsgiApp, host: str, port: int, *, option: str = "--port") -> None:
        """Port 0 takes a free one. `option` is what a person changes to choose another port."""
        self._app = app
        self._host = host
        self._port = port
        self._option = option
        self._pool = eventlet.GreenPool(MAX_CONNECTIONS)
        self._socket: Any = None
        self._server: Any = None

    @property
    def port(self) -> int:
        """The port it listens on."""
        return self._socket.getsockname()[1] if self._socket is not None else self._port

    def listen(self) -> None:
        """The port is ours; connections wait until `serve`. Refuses: `CannotListen`."""
        family = socket.AF_INET6 if ":" in self._host else socket.AF_INET
        address = (self._host.strip("[]"), self._port)
        try:
            self._socket = socket.create_server(address, family=family, backlog=128)
        except OSError as error:
            raise CannotListen(self._explain(error)) from error

    def serve(self) -> None:
        """Requests are answered. Headers are limited to 64 KiB and a line of them to 8 KiB (400), URLs to 8
        KiB (414).
        """
        self._server = eventlet.spawn(
            wsgi.server,
            self._socket,
            self._app,
            custom_pool=self._pool,
            keepalive=IDLE_SECONDS,
            socket_timeout=SOCKET_SECONDS,
            log_output=False,
            debug=False,
        )
        eventlet.sleep(0)

    def stop(self, seconds: float) -> bool:
        """No connection is accepted; requests under way have ended, or after so many seconds are cut off.
        Whether all of them ended by themselves.
        """
        in_time = True
        if self._server is not None:
            eventlet.kill(self._server)
            in_time = False
            with eventlet.Timeout(seconds, False):
                with suppress(GreenletExit):
                    self._server.wait()
                in_time = True
            for greenlet in list(self._pool.coroutines_running):
                eventlet.kill(greenlet)
        if self._socket is not None:
            self._socket.close()
        return in_time

    def _explain(self, error: OSError) -> str:
        if error.errno == errno.EADDRINUSE:
            return f"Port {self._port} is in use; choose another with {self._option}."
        if error.errno in (errno.EACCES, errno.EPERM):
            return (
                f"Port {self._port} may not be used by this user; choose one above 1023 with {self._option}."
            )
        address = f"{self._host}:{self._port}"
        return f"Cannot listen on {address}: {error.strerror}. Choose another with {self._option}."
