"""Positions, the trial balance and the figures operators watch."""

from ledger_cast import ASKER, DEICHMAN, EIDSKOG, HAMAR, Ledger, exchange, peer_document
from sqlalchemy import text

from byttebank.contracts.fields import load
from byttebank.contracts.ledger_resources import Position
from services.ledger import operations


def deliver(ledger: Ledger, n: int, amount: int, payee: str, payer: str = EIDSKOG) -> None:
    ledger.reserve(n, amount, payer_library_id=payer, payee_library_id=payee)
    ledger.post(n, amount)


def test_positions_are_the_same_figures_seen_from_both_sides(ledgers: dict[str, Ledger]) -> None:
    innlandet, akershus, oslo = ledgers["innlandet"], ledgers["akershus"], ledgers["oslo"]
    deliver(innlandet, 1, 6, ASKER)
    deliver(akershus, 2, 2, EIDSKOG, ASKER)
    deliver(innlandet, 3, 1, DEICHMAN)
    exchange(innlandet, akershus, oslo)
    ours, theirs = innlandet.position("akershus"), akershus.position("innlandet")
    assert load(Position, ours) == ours
    assert (ours["owed_by_us_half_days"], ours["owed_to_us_half_days"]) == (6, 2)
    assert (theirs["owed_by_us_half_days"], theirs["owed_to_us_half_days"]) == (2, 6)
    assert ours["net_half_days"] == -theirs["net_half_days"] == -4
    assert oslo.position("innlandet")["net_half_days"] == 1
    assert oslo.position("akershus")["net_half_days"] == 0


def test_a_position_that_nothing_happened_to_is_all_zeros(innlandet: Ledger) -> None:
    assert innlandet.position("oslo") == {
        "county": "oslo",
        "owed_to_us_half_days": 0,
        "owed_by_us_half_days": 0,
        "net_half_days": 0,
        "pending_out_half_days": 0,
        "waiting_in_half_days": 0,
        "open_claims_half_days": 0,
        "fuse_half_days": 200,
        "in_doubt_count": 0,
        "oldest_in_doubt_at": None,
        "channel_state": "recovering",
    }


def test_the_trial_balance_names_every_account_and_sums_to_zero(ledgers: dict[str, Ledger]) -> None:
    innlandet, akershus = ledgers["innlandet"], ledgers["akershus"]
    deliver(innlandet, 1, 3, HAMAR)
    deliver(innlandet, 2, 2, ASKER)
    exchange(innlandet, akershus)
    innlandet.reserve(3)
    trial = innlandet.see(operations.trial_balance)
    assert (trial["county"], trial["unit"], trial["transfers"]) == ("innlandet", "half_day", 2)
    assert (trial["debits_half_days"], trial["credits_half_days"]) == (5, 5)
    assert trial["imbalance_half_days"] == 0
    rows = {account["account_id"]: account for account in trial["accounts"]}
    assert rows[EIDSKOG] == {
        "account_id": EIDSKOG,
        "name": "Eidskog folkebibliotek",
        "kind": "library",
        "debits": 5,
        "credits": 0,
    }
    assert (rows["peer:akershus"]["name"], rows["peer:akershus"]["kind"]) == ("Akershus", "peer")
    assert (rows["peer:akershus"]["debits"], rows["peer:akershus"]["credits"]) == (0, 2)
    assert (rows["county:adjustments"]["name"], rows["county:adjustments"]["kind"]) == (
        "Innlandet",
        "adjustments",
    )


def test_an_entry_written_behind_the_operations_is_an_imbalance(innlandet: Ledger) -> None:
    deliver(innlandet, 1, 2, HAMAR)
    with innlandet.connect() as connection:
        connection.execute(text("BEGIN"))
        connection.execute(text("DROP TRIGGER entries_no_replace"))
        connection.execute(
            text(
                "INSERT INTO transfers SELECT '00000000-0000-0000-0000-000000000000', debit_account_id,"
                " credit_account_id, amount, unit, payer_library_id, payee_library_id, payer_county,"
                " payee_county, engagement_id, 2, skill, work_date, reverses, is_over_limit, created_at"
                " FROM transfers LIMIT 1"
            )
        )
        connection.execute(
            text(
                "INSERT INTO entries (transfer_id, account_id, side, amount, unit, work_date, posted_at)"
                " SELECT '00000000-0000-0000-0000-000000000000', account_id, 'credit', 7, unit, work_date,"
                " posted_at FROM entries LIMIT 1"
            )
        )
        connection.commit()
    assert innlandet.see(operations.trial_balance)["imbalance_half_days"] == -7
    assert innlandet.see(operations.figures)["imbalance_half_days"] == -7
    assert len(innlandet.broken_rules()) >= 2


def test_figures_of_a_quiet_county_are_zero(innlandet: Ledger) -> None:
    quiet = {
        "net_half_days": 0,
        "fuse_half_days": 200,
        "fuse_use_ratio": 0.0,
        "in_doubt_transfers": 0,
        "oldest_in_doubt_seconds": 0.0,
    }
    assert innlandet.see(operations.figures) == {
        "imbalance_half_days": 0,
        "reserved_half_days": 0,
        "in_doubt_transfers": 0,
        "oldest_in_doubt_seconds": 0.0,
        "waiting_half_days": 0,
        "open_claims": 0,
        "open_disputes": 0,
        "open_clearing_rounds": 0,
        "oldest_clearing_round_seconds": 0.0,
        "applied_clearing_rounds": 0,
        "peers": {"akershus": quiet, "oslo": quiet},
    }


def test_figures_count_what_is_held_in_doubt_and_waiting(ledgers: dict[str, Ledger]) -> None:
    innlandet, akershus = ledgers["innlandet"], ledgers["akershus"]
    akershus.do(operations.peer_changed, peer_document("innlandet", 2, fuse_half_days=8))
    innlandet.reserve(1, amount=1)
    deliver(innlandet, 2, 5, ASKER)
    deliver(innlandet, 3, 4, ASKER)
    for message in innlandet.sent("akershus"):
        akershus.receive(message)
    innlandet.pass_time(minutes=5)
    ours = innlandet.see(operations.figures)
    assert (ours["reserved_half_days"], ours["in_doubt_transfers"]) == (10, 2)
    assert ours["oldest_in_doubt_seconds"] == 300.0
    assert ours["peers"]["akershus"]["fuse_use_ratio"] == 9 / 200
    assert ours["peers"]["akershus"]["fuse_half_days"] == 200
    assert ours["peers"]["akershus"]["oldest_in_doubt_seconds"] == 300.0
    assert ours["peers"]["oslo"]["in_doubt_transfers"] == 0
    theirs = akershus.see(operations.figures)
    assert theirs["waiting_half_days"] == 4
    assert theirs["peers"]["innlandet"]["fuse_use_ratio"] == 9 / 8


def test_a_fuse_of_nothing_is_used_up_by_anything(ledgers: dict[str, Ledger]) -> None:
    innlandet = ledgers["innlandet"]
    deliver(innlandet, 1, 1, ASKER)
    for peer in ("akershus", "oslo"):
        innlandet.do(operations.peer_changed, peer_document(peer, 2, fuse_half_days=0))
    peers = innlandet.see(operations.figures)["peers"]
    assert (peers["akershus"]["fuse_use_ratio"], peers["oslo"]["fuse_use_ratio"]) == (1.0, 0.0)
