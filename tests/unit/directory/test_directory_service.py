"""The shell offers what the contracts promise, and hears what the directory needs to hear."""

import inspect

import pytest

from byttebank.contracts.rpc import DirectoryPort
from byttebank.messaging.service import listened_names
from services.directory import operations
from services.directory.service import DirectoryService

METHODS = [name for name in vars(DirectoryPort) if not name.startswith("_")]


def test_the_port_has_methods() -> None:
    assert "board" in METHODS


@pytest.mark.parametrize("name", METHODS)
def test_each_promised_call_is_there_with_the_promised_arguments(name: str) -> None:
    promised = inspect.signature(getattr(DirectoryPort, name)).parameters
    offered = inspect.signature(getattr(DirectoryService, name)).parameters
    assert list(offered.values()) == list(promised.values())
    done = list(inspect.signature(getattr(operations, name)).parameters.values())
    assert [one.name for one in done[1:]] == [one.name for one in list(promised.values())[1:]]


def test_it_hears_of_engagements_and_of_counties_that_contradict_themselves() -> None:
    assert listened_names(DirectoryService) >= {"EngagementChanged", "PeerEquivocated"}
