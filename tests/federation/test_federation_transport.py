"""RabbitMQ passes the suite that the embedded broker passes."""

import os
import subprocess
import sys

from bed import Bed
from postgresql import ROOT

SUITE_SECONDS = 240


def test_the_transport_suite_passes_on_rabbitmq(bed: Bed) -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-W", "ignore", "-k", "rabbitmq"]
    done = subprocess.run(
        [*command, "-p", "no:cacheprovider", "tests/integration/transport"],
        cwd=ROOT,
        env={**os.environ, "BYTTEBANK_TEST_AMQP_URL": bed.counties["akershus"].broker.url()},
        capture_output=True,
        text=True,
        timeout=SUITE_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert " passed" in done.stdout
