"""The services of Innlandet on that Monday, as the gateway meets them."""

from eidskog import PLACES, POSTED, library
from eidskog_directory import fill_directory
from eidskog_engagements import add_engagements, add_notices
from fake_backend import FakeBackend
from fake_service import an_id

from byttebank.clock import Clock


def backend_of_eidskog(clock: Clock) -> FakeBackend:
    """The services on that Monday."""
    backend = FakeBackend(clock)
    fill_directory(backend)
    for name, *_ in PLACES:
        backend.ledger._limits[library(name)] = 10
    for day, helped, helper, half_days, skill in POSTED:
        backend.ledger._posted.append(
            {
                "transfer_id": an_id(f"transfer {day}"),
                "posted_at": f"{day}T15:00:00.000000Z",
                "work_date": day,
                "payer": library(helped),
                "payee": library(helper),
                "skill": skill,
                "half_days": half_days,
            }
        )
    _add_positions(backend)
    add_engagements(backend)
    add_notices(backend)
    return backend


def _add_positions(backend: FakeBackend) -> None:
    still = {
        "pending_out_half_days": 0,
        "waiting_in_half_days": 0,
        "open_claims_half_days": 0,
        "fuse_half_days": 200,
        "in_doubt_count": 0,
        "oldest_in_doubt_at": None,
        "channel_state": "open",
    }
    backend.ledger._positions = [
        {
            "county": "akershus",
            "owed_to_us_half_days": 8,
            "owed_by_us_half_days": 2,
            "net_half_days": 6,
            **still,
            "waiting_in_half_days": 2,
        },
        {
            "county": "trondelag",
            "owed_to_us_half_days": 1,
            "owed_by_us_half_days": 0,
            "net_half_days": 1,
            **still,
            "pending_out_half_days": 2,
            "in_doubt_count": 1,
            "oldest_in_doubt_at": "2026-11-23T06:20:00.000000Z",
        },
    ]
