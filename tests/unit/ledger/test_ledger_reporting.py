"""What the ledger tells matching before a round: every open account, with what may still be received."""

from ledger_cast import ASKER, EIDSKOG, HAMAR, Ledger, number

from services.ledger import operations


def test_every_open_account_is_reported_with_what_is_reserved_taken_off(innlandet: Ledger) -> None:
    innlandet.reserve(1)
    innlandet.do(operations.report_accounts, {"round_id": number(77)})
    name, body = innlandet.told()[-1]
    assert (name, body["round_id"]) == ("AccountsReported", number(77))
    accounts = {one["library_id"]: one for one in body["accounts"]}
    assert accounts.keys() >= {EIDSKOG, HAMAR}
    for library_id, one in accounts.items():
        account = innlandet.account(library_id)
        assert one["balance_half_days"] == account["balance_half_days"]
        assert one["available_half_days"] == account["available_half_days"]
    assert {one["available_half_days"] for one in accounts.values()} == {8, 10}


def test_what_the_limit_towards_each_county_leaves_is_reported_for_both_ways(innlandet: Ledger) -> None:
    def leaves() -> tuple[int, int]:
        innlandet.do(operations.report_accounts, {"round_id": number(77)})
        (one,) = [one for one in innlandet.told()[-1][1]["counties"] if one["county"] == "akershus"]
        return one["may_receive_half_days"], one["may_give_half_days"]

    receive, give = leaves()
    assert min(receive, give) > 0
    innlandet.reserve(1, payee_library_id=ASKER)
    assert leaves() == (receive - 2, give)
