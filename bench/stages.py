"""Where the time of a day goes: the moments that both counties' databases have kept of it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from bench.days import Day

Ask = Callable[[str, str, str], list[tuple[Any, ...]]]
"""The rows a statement finds: county, service, statement."""

Stages = dict[str, float]
"""Seconds by stage, in the order in which they happen."""


def stages_of(ask: Ask, day: Day) -> Stages:
    """The seconds of each stage from the second yes to the payer's posting, each ended by what is named."""
    home, lender = day.host.county, day.lender.county
    ((transfer_id, sent_at),) = ask(
        home,
        "ledger",
        "SELECT transfer_id, sent_at FROM prepares_sent JOIN transfers ON transfers.id = transfer_id"
        f" WHERE engagement_id = '{day.id}'",
    )
    said, said_sealed, said_sent = _sent(ask, lender, "matching", "EngagementConfirmed", home, day.id)
    asked_at, asked_out = _told(ask, home, "matching", "PostDays", transfer_id)
    _, prepare_sealed, prepare_out = _sent(ask, home, "ledger", "PREPARE", lender, transfer_id)
    ((received_at,),) = ask(
        lender, "ledger", f"SELECT received_at FROM prepares_received WHERE transfer_id = '{transfer_id}'"
    )
    _, fulfil_sealed, fulfil_out = _sent(ask, lender, "ledger", "FULFIL", home, transfer_id)
    ((posted_at,),) = ask(
        home, "ledger", f"SELECT resolved_at FROM resolutions WHERE transfer_id = '{transfer_id}'"
    )
    moments = {
        "": said,
        "lender's matching: yes sealed": said_sealed,
        "lender's matching: yes published": said_sent,
        "link, host's matching takes the yes": asked_at,
        "host's matching: PostDays published": asked_out,
        "host's ledger takes PostDays": sent_at,
        "host's ledger: PREPARE sealed": prepare_sealed,
        "host's ledger: PREPARE published": prepare_out,
        "link, lender's ledger decides": received_at,
        "lender's ledger: FULFIL sealed": fulfil_sealed,
        "lender's ledger: FULFIL published": fulfil_out,
        "link, host's ledger posts": posted_at,
    }
    names, times = list(moments)[1:], list(moments.values())
    return {name: (times[i + 1] - times[i]).total_seconds() for i, name in enumerate(names)}


def _told(ask: Ask, county: str, service: str, name: str, subject: str) -> tuple[datetime, datetime]:
    rows = ask(
        county,
        service,
        f"SELECT created_at, published_at FROM outbox WHERE name = '{name}' AND peer IS NULL"
        f" AND body LIKE '%{subject}%'",
    )
    return rows[0][0], rows[0][1]


def _sent(
    ask: Ask, county: str, service: str, name: str, peer: str, subject: str
) -> tuple[datetime, datetime, datetime]:
    """When it was decided, sealed and published."""
    ((created_at, sealed_at),) = ask(
        county,
        service,
        f"SELECT created_at, published_at FROM outbox WHERE name = '{name}' AND peer = '{peer}'"
        f" AND body LIKE '%{subject}%'",
    )
    envelopes = ask(
        county,
        service,
        f"SELECT octets, published_at FROM sent_envelopes WHERE peer = '{peer}'"
        f" AND message_type = '{name}' AND sealed_at = '{sealed_at.isoformat()}'",
    )
    assert envelopes, f"{county}.{service} has not kept {name}"
    return created_at, sealed_at, envelopes[0][1]
