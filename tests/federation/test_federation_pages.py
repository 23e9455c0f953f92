"""With the link cut, the pages of both counties say that the days wait for the other, and since when."""

import re
import time
from collections.abc import Iterator

import pytest
from bed import Bed
from books import lost_messages, settled_books
from reader import Reader
from telling import told_to
from test_federation_story import agreed_day

from demo import parties, story
from demo.accounts import caretaker_accounts
from demo.reference import read_counties, read_libraries

NOTICED_SECONDS = 100.0
"""A county with nothing to send notices when it says what it holds: a minute after something has moved."""

SINCE = r"siden kl\. \d\d\.\d\d"


class Watched:
    """One county's three pages: the engagement, the library's account, and the node's operation."""

    def __init__(self, bed: Bed, side: parties.Side, other: parties.Side, engagement_id: str) -> None:
        own, county = side.library, bed.counties[side.library.county]
        names = {slug: one.name for slug, one in read_counties().items()}
        self.other_county = names[other.library.county]
        libraries = [one for one in read_libraries() if one.county == own.county]
        operator = caretaker_accounts(read_counties()[own.county], libraries)[1]
        gateway = county.gateways()[0]
        self._manager = Reader(gateway, own.county, side.manager.email)
        self._operator = Reader(gateway, own.county, operator["email"])
        self._engagement = f"/avtaler/{engagement_id}"

    def engagement(self) -> str:
        return self._manager.words(self._engagement)

    def account(self) -> str:
        return self._manager.words("/konto")

    def operation(self) -> str:
        return self._operator.words("/drift")


@pytest.fixture
def telling(bed: Bed) -> Iterator[None]:
    settled_books(bed)
    with told_to(bed.gateways()):
        yield


@pytest.mark.usefixtures("telling")
def test_with_the_link_cut_both_counties_pages_say_what_waits_and_since_when(bed: Bed) -> None:
    host, lender, engagement_id = agreed_day()
    path = f"engagements/{engagement_id}"
    before = host.account(), lender.account()
    pages = [Watched(bed, host, lender, engagement_id), Watched(bed, lender, host, engagement_id)]
    for one in pages:
        assert "får ikke kontakt" not in one.engagement() + one.account() + one.operation()
    lender.client.post(f"{path}/confirm", {"happened": True})
    story.wait_for_state(host, path, ("carried_out",))
    bed.cut(host.library.county, lender.library.county)
    try:
        host.client.post(f"{path}/confirm", {"happened": True})
        deadline = time.monotonic() + NOTICED_SECONDS
        while not all("får ikke kontakt" in one.account() for one in pages):
            assert time.monotonic() < deadline, [one.account() for one in pages]
            time.sleep(0.5)
        for one in pages:
            days_wait = (
                rf"Dagene venter\. Byttebanken får ikke kontakt med {one.other_county} nå, og fører dem når "
                rf"forbindelsen er tilbake\. Dere trenger ikke gjøre noe\. Slik har det vært {SINCE}\."
            )
            assert re.search(days_wait, one.engagement()), one.engagement()
            account = rf"får ikke kontakt med {one.other_county} nå\..* Slik har det vært {SINCE}\."
            assert re.search(account, one.account()), one.account()
            assert re.search(rf"{one.other_county}.{{0,80}} Ingen kontakt {SINCE}", one.operation())
            assert "Ingenting er tapt" in one.operation()
        sent = rf"På vei fra dere .* venter på svar fra {pages[0].other_county} {SINCE}\."
        assert re.search(sent, pages[0].account()), pages[0].account()
    finally:
        bed.heal(host.library.county, lender.library.county)
    for side in (host, lender):
        story.wait_for_state(side, path, ("settled",))
    story.wait_for_books(host, lender, before)
    settled_books(bed)
    deadline = time.monotonic() + NOTICED_SECONDS
    while any("får ikke kontakt" in one.account() + one.operation() for one in pages):
        assert time.monotonic() < deadline, "the pages go on saying so"
        time.sleep(0.5)
    assert lost_messages(bed) == []
