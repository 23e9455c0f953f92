"""A day between two counties on real servers: with the wire whole, cut, and cut in one direction."""

import time
from datetime import datetime
from zoneinfo import ZoneInfo

from bed import Bed
from books import held_days, lost_messages, settled_books, transfers
from telling import told_to

from byttebank.storage.work import TIME_ZONE
from demo import parties, story

URL = "http://unused"
A_WHILE_SECONDS = 4.0


def test_the_past_of_the_demonstration_settles_when_the_federation_starts(bed: Bed) -> None:
    found = settled_books(bed)
    assert transfers(found) > 0
    assert held_days(found) == 0
    assert lost_messages(bed) == []


def test_the_story_is_told_and_the_books_agree(bed: Bed) -> None:
    before = settled_books(bed)
    with told_to(bed.gateways()):
        story.play(URL)
    after = settled_books(bed)
    assert transfers(after) - transfers(before) == 2, "one day, in two books"
    assert held_days(after) == 0
    assert lost_messages(bed) == []


def test_with_the_wire_cut_a_day_waits_and_settles_when_it_is_healed(bed: Bed) -> None:
    with told_to(bed.gateways()):
        host, lender, engagement_id = agreed_day()
        path = f"engagements/{engagement_id}"
        before = host.account(), lender.account()
        bed.cut(host.library.county, lender.library.county)
        try:
            host.client.post(f"{path}/confirm", {"happened": True})
            story.wait_for_state(host, path, ("carried_out",))
            lender.client.post(f"{path}/confirm", {"happened": True})
            time.sleep(A_WHILE_SECONDS)
            assert host.client.get(path)["state"] == "carried_out"
            assert (host.account()["received_days"], lender.account()["given_days"]) == (
                before[0]["received_days"],
                before[1]["given_days"],
            )
            county = bed.counties[lender.library.county]
            assert county.waiting(f"out.{host.library.county}") > 0, "the answer waits at the broker"
        finally:
            bed.heal(host.library.county, lender.library.county)
        for side in (host, lender):
            story.wait_for_state(side, path, ("settled",))
        story.wait_for_books(host, lender, before)
    settled_books(bed)
    assert lost_messages(bed) == []


def test_without_the_answer_the_payer_holds_the_days_and_posts_them_when_it_comes(bed: Bed) -> None:
    """The moment that a timeout would get wrong: B has credited, and A does not know yet."""
    with told_to(bed.gateways()):
        host, lender, engagement_id = agreed_day()
        path = f"engagements/{engagement_id}"
        before = host.account(), lender.account()
        lender.client.post(f"{path}/confirm", {"happened": True})
        story.wait_for_state(host, path, ("carried_out",))
        wire = bed.counties[lender.library.county].wires[host.library.county]
        wire.cut()
        try:
            host.client.post(f"{path}/confirm", {"happened": True})
            story.wait(
                lender.account, until=lambda now: now["given_days"] == before[1]["given_days"] + story.DAYS
            )
            time.sleep(A_WHILE_SECONDS)
            now = host.account()
            assert now["received_days"] == before[0]["received_days"], "A has not posted"
            assert now["available_days"] == before[0]["available_days"], "and has not let go either"
        finally:
            wire.heal()
        story.wait_for_books(host, lender, before)
    settled_books(bed)


def agreed_day() -> tuple[parties.Side, parties.Side, str]:
    """Host, lender and the engagement of a day between two counties that everybody has agreed to."""
    today = datetime.now(ZoneInfo(TIME_ZONE)).date()
    host = parties.choose_host(URL)
    request, candidates = parties.ask(host, today, story.DAYS, story.wait)
    chosen = parties.choose_lender(URL, host, candidates, today, story.DAYS)
    assert chosen is not None, "somebody in another county is free today"
    candidate, lender = chosen
    engagement_id = story.propose(host, lender, candidate, request)
    story.agree(host, lender, engagement_id)
    story.wait_for_state(lender, f"engagements/{engagement_id}", ("agreed",))
    return host, lender, engagement_id
