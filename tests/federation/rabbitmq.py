"""A RabbitMQ broker in a temporary folder: own node, ports, logs and plugins, reached on 127.0.0.1 alone."""

import base64
import contextlib
import json
import os
import socket
import subprocess
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from programs import Child, free_port, program, wait_for

ADMINISTRATOR = "administrator"
PASSWORD = "only-for-tests"
START_SECONDS = 60.0


class Erlang:
    """Erlang's name server, which all brokers of the test bed share; else each would leave one behind."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        self.home = folder
        environment = {**os.environ, "HOME": str(folder)}
        command = [program("epmd"), "-port", str(self.port), "-address", "127.0.0.1"]
        self._child = Child(command, log=folder / "epmd.log", environment=environment)

    def start(self) -> "Erlang":
        """It answers; a broker that found it silent would start one that stays."""
        self._child.start()
        wait_for(self._answers, 10, self._child.tail)
        return self

    def stop(self) -> None:
        """It does not run."""
        self._child.kill()

    def _answers(self) -> bool:
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            return True
        return False


class Broker:
    """One county's broker. The folder survives `kill`, and so does what the broker has confirmed."""

    def __init__(self, folder: Path, name: str, erlang: Erlang) -> None:
        self.folder = folder
        self.name = name
        self.port, self.management_port, self._distribution_port = free_port(), free_port(), free_port()
        self.metrics_port = free_port()
        folder.mkdir(parents=True)
        self._write_configuration()
        self._settings = self._environment(erlang)
        self._child = Child(
            [program("rabbitmq-server")], log=folder / "output.log", environment=self._settings
        )

    @property
    def management_url(self) -> str:
        """The management API, with its administrator."""
        return f"http://{ADMINISTRATOR}:{PASSWORD}@127.0.0.1:{self.management_port}"

    def url(self, user: str = ADMINISTRATOR, password: str = PASSWORD, vhost: str = "") -> str:
        """Where clients connect."""
        return f"amqp://{user}:{password}@127.0.0.1:{self.port}/{vhost}"

    def start(self) -> "Broker":
        """It is being started."""
        self._child.start()
        return self

    def wait_until_ready(self) -> float:
        """Seconds until it answers."""
        return wait_for(self._is_ready, START_SECONDS, lambda: f"{self.name}: {self.tail()}")

    def kill(self) -> None:
        """SIGKILL to the whole broker."""
        self._child.kill()

    def end(self) -> None:
        """It does not run, and is not started again."""
        self._child.end()

    def tail(self) -> str:
        """The end of what it printed and logged."""
        log = self.folder / "log" / f"{self.name}.log"
        logged = log.read_text(encoding="utf-8", errors="replace")[-3000:] if log.exists() else ""
        return self._child.tail(1000) + logged

    def control(self, *command: str) -> None:
        """`rabbitmqctl` has done it."""
        done = subprocess.run(
            [program("rabbitmqctl"), "--node", self._settings["RABBITMQ_NODENAME"], *command],
            env=self._settings,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, f"rabbitmqctl {' '.join(command)}: {done.stdout}{done.stderr}"

    @property
    def pid(self) -> int:
        """The process that has all the broker's others below it."""
        return self._child.pid

    def ask(self, path: str, method: str = "GET", body: Any = None) -> Any:
        """The management API's answer. Refuses: `urllib.error.URLError`."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.management_port}/api/{path}",
            None if body is None else json.dumps(body).encode(),
            {"Authorization": "Basic " + base64.b64encode(f"{ADMINISTRATOR}:{PASSWORD}".encode()).decode()},
            method=method,
        )
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=10) as answer:
            content = answer.read()
        return json.loads(content) if content else None

    def _is_ready(self) -> bool:
        if not self._child.is_running:
            raise AssertionError(f"the broker {self.name} ended: {self.tail()}")
        with contextlib.suppress(OSError, urllib.error.URLError):
            return bool(self.ask("health/checks/port-listener/" + str(self.port))["status"] == "ok")
        return False

    def _write_configuration(self) -> None:
        (self.folder / "rabbitmq.conf").write_text(
            f"listeners.tcp.1 = 127.0.0.1:{self.port}\n"
            "management.tcp.ip = 127.0.0.1\n"
            f"management.tcp.port = {self.management_port}\n"
            "prometheus.tcp.ip = 127.0.0.1\n"
            f"prometheus.tcp.port = {self.metrics_port}\n"
            f"default_user = {ADMINISTRATOR}\n"
            f"default_pass = {PASSWORD}\n"
            "loopback_users.none = true\n"
            "vm_memory_high_watermark.absolute = 1GB\n"
            "disk_free_limit.absolute = 50MB\n"
            "log.file.level = warning\n"
            "log.console = false\n",
            encoding="utf-8",
        )
        (self.folder / "enabled_plugins").write_text(
            "[rabbitmq_management,rabbitmq_prometheus,rabbitmq_shovel,rabbitmq_shovel_management].\n",
            encoding="utf-8",
        )
        (self.folder / "advanced.config").write_text(
            "[{ra, [{wal_max_size_bytes, 33554432}]}].\n", encoding="utf-8"
        )

    def _environment(self, erlang: Erlang) -> dict[str, str]:
        folder = self.folder
        return {
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "HOME": str(erlang.home),
            "ERL_EPMD_PORT": str(erlang.port),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODENAME": f"{self.name}@localhost",
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_DIST_PORT": str(self._distribution_port),
            "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(folder / "log"),
            "RABBITMQ_LOGS": str(folder / "log" / f"{self.name}.log"),
            "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
            "RABBITMQ_ADVANCED_CONFIG_FILE": str(folder / "advanced.config"),
            "RABBITMQ_CONF_ENV_FILE": str(folder / "none.conf"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "enabled_plugins"),
            "RABBITMQ_GENERATED_CONFIG_DIR": str(folder / "generated"),
            "RABBITMQ_PID_FILE": str(folder / "pid"),
            # Else the script stays beside the broker, which would outlive it.
            "RABBITMQ_ALLOW_INPUT": "true",
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": (
                "-noinput -kernel inet_dist_use_interface {127,0,0,1}"
                " +S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none"
            ),
        }
