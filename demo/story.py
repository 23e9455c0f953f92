"""`make demo`: plays a day of help between two counties against the running federation, by HTTP alone.

    python -m demo.story [--url http://localhost:8000]

It can be played again and again: the library that may ask for most days asks, for today.
"""

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from byttebank.storage.work import TIME_ZONE
from demo.client import Client, NotRunning, Refused
from demo.parties import Side, ask, caretaker, choose_host, choose_lender
from demo.reference import COUNTIES, read_counties

Document = dict[str, Any]
DAYS = 0.5
PATIENCE_SECONDS = 180.0
POLL_SECONDS = 0.2
SHOWN_CANDIDATES = 3


class Stuck(Exception):
    """The federation runs, and yet the story cannot go on. The message says why."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Play the story. 0 when it ended well; 1 when it got stuck; 2 when nothing answers."""
    parser = argparse.ArgumentParser(prog="python -m demo.story", description=__doc__)
    parser.add_argument("--url", default="http://localhost:8000", help="where the federation is served")
    url = parser.parse_args(arguments).url.rstrip("/")
    try:
        play(url)
    except NotRunning:
        print(f"Nothing answers at {url}. Start the federation with `make run` in another terminal first.")
        return 2
    except Refused as refusal:
        print(f"\nThe federation said no: {refusal}")
        return 1
    except Stuck as reason:
        print(f"\n{reason}")
        return 1
    return 0


def play(url: str) -> None:
    """From a need in one county to a day in both books. Refuses: `NotRunning`, `Refused`, `Stuck`."""
    names = {slug: county.name for slug, county in read_counties().items()}
    today = datetime.now(ZoneInfo(TIME_ZONE)).date()
    host = choose_host(url)
    step(1, f"{where(host, names)} needs help today")
    say(f"{host.manager.name}, the manager, asks for half a day. The library has {days_of(host)}.")
    request, candidates = ask(host, today, DAYS, wait)
    say(f"Wanted: {request['skills'][0]}, {today}.")

    step(2, "Who fits, and why")
    chosen = choose_lender(url, host, candidates, today, DAYS)
    if chosen is None:
        raise Stuck("Nobody in another county is free today any more. Tomorrow it can be played again.")
    candidate, lender = chosen
    show_candidates([candidate, *(one for one in candidates if one is not candidate)], names)
    before = host.account(), lender.account()
    say(f"Before: {where(host, names)} has {before[0]['balance_days']:+g}, ")
    say(f"        {where(lender, names)} has {before[1]['balance_days']:+g}.")

    step(3, f"{host.library.short_name} asks {lender.library.short_name}, in {names[lender.library.county]}")
    engagement_id = propose(host, lender, candidate, request)
    agree(host, lender, engagement_id)

    step(4, "The day is done, and both say so")
    confirm(host, lender, engagement_id)

    step(5, "The two books")
    after = wait_for_books(host, lender, before)
    for side, was, now in zip((host, lender), before, after, strict=True):
        said = "was helped" if side is host else "helped"
        say(f"{where(side, names)} {said}: {was['balance_days']:+g} became {now['balance_days']:+g}.")
    show_balance(url, host, lender, names)


def propose(host: Side, lender: Side, candidate: Document, request: Document) -> str:
    """The host's manager proposes; the engagement's id, once it is known in both counties."""
    engagement = host.client.post(
        "engagements",
        {
            "request_id": request["id"],
            "offer_id": candidate["offer_id"],
            "host_library_id": host.library.id,
            "lender_library_id": lender.library.id,
            "colleague_id": candidate["colleague_id"],
            "skill": request["skills"][0],
            "place": "host",
            "dates": [request["first_on"]],
            "days": DAYS,
            "host_contact_id": host.manager.id,
            "host_contact_name": host.manager.name,
        },
    )
    path = f"engagements/{engagement['id']}"
    wait(lambda: lender.client.get(path), retry_on=("not_found",))
    say(f"{host.manager.name} has said yes by asking. The proposal has reached the other county.")
    return str(engagement["id"])


def agree(host: Side, lender: Side, engagement_id: str) -> None:
    """The lender's manager and the colleague say yes; half a day is set aside at the host."""
    path = f"engagements/{engagement_id}"
    lender.client.post(f"{path}/accept")
    say(f"{lender.manager.name}, the manager in {lender.library.short_name}, says yes.")
    if lender.colleague != lender.manager:
        lender.colleague_client.post(f"{path}/accept")
        say(f"{lender.colleague.name}, who will go, says yes.")
    engagement = wait_for_state(host, path, ("agreed", "refused", "declined"))
    if engagement["state"] != "agreed":
        raise Stuck(f"The day was not agreed: {engagement.get('refusal') or engagement['state']}.")
    say(f"Agreed. {host.library.short_name} has set half a day aside.")
    say(f"{host.manager.name} receives the visitor.")


def confirm(host: Side, lender: Side, engagement_id: str) -> None:
    """Both sides say that it happened; the days are settled between the counties."""
    path = f"engagements/{engagement_id}"
    wait_for_state(lender, path, ("agreed",))
    host.client.post(f"{path}/confirm", {"happened": True})
    say(f"{host.library.short_name} says: it happened.")
    wait_for_state(lender, path, ("carried_out", "confirmed"))
    lender.client.post(f"{path}/confirm", {"happened": True})
    say(f"{lender.library.short_name} says: it happened.")
    for side in (host, lender):
        wait_for_state(side, path, ("settled",))
    say("The half day has travelled: one county signed that it owes a half day,")
    say("the other signed that it has credited its library.")


def wait_for_state(side: Side, path: str, states: Sequence[str]) -> Document:
    """The engagement as the side's county shows it, once it is in one of the states."""
    return dict(wait(lambda: side.client.get(path), until=lambda found: found["state"] in states))


def wait_for_books(host: Side, lender: Side, before: tuple[Document, Document]) -> tuple[Document, Document]:
    """Both accounts, once both have changed."""
    return (
        wait(host.account, until=lambda now: now["received_days"] >= before[0]["received_days"] + DAYS),
        wait(lender.account, until=lambda now: now["given_days"] >= before[1]["given_days"] + DAYS),
    )


def wait(
    look: Callable[[], Any],
    *,
    until: Callable[[Any], bool] = lambda _found: True,
    retry_on: Sequence[str] = (),
) -> Any:
    """What `look` finds once it is so; refusals with the codes in `retry_on` mean: not yet.

    Refuses: `Stuck` after three minutes; a busy machine opens thirty channels in more than one.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    last: object = "nothing"
    while time.monotonic() < deadline:
        try:
            found = look()
            if until(found):
                return found
            last = found.get("state", "no change") if isinstance(found, dict) else "nothing"
        except Refused as refusal:
            if refusal.code not in (*retry_on, "service_unavailable", "unknown_outcome"):
                raise
            last = refusal
        time.sleep(POLL_SECONDS)
    raise Stuck(
        f"Waited {PATIENCE_SECONDS:.0f} seconds and saw: {last}. Right after the first start the counties"
        " need a little while to hear of each other; otherwise see what it writes in its terminal."
    )


def show_candidates(candidates: Sequence[Document], names: dict[str, str]) -> None:
    """The chosen one first, with the reasons in the order in which they count."""
    for number, one in enumerate(candidates[:SHOWN_CANDIDATES], start=1):
        who = one["colleague_name"] or "a colleague"
        say(f"{number}. {who}, {one['library_name']} ({names[one['county']]}), score {one['score']}")
        for reason in one["reasons"]:
            say(f"     {'+' if reason['is_favourable'] else '-'} {reason['sentence']}")


def show_balance(url: str, host: Side, lender: Side, names: dict[str, str]) -> None:
    """What the two counties owe each other, seen from both; and that the whole federation sums to zero."""
    step(6, "The whole federation")
    caretakers = {county: caretaker(url, county) for county in COUNTIES}
    mine, theirs = host.library.county, lender.library.county
    owes = position(caretakers[mine], theirs)["owed_by_us_days"]
    owed = position(caretakers[theirs], mine)["owed_to_us_days"]
    say(
        f"{names[mine]} says it has owed {names[theirs]} {owes:g} days in all; {names[theirs]} says {owed:g}."
    )

    def look() -> dict[str, Document]:
        return {county: client.get("trial-balance") for county, client in caretakers.items()}

    balances = wait(look, until=lambda found: sum(map(held, found.values())) == 0)
    for county, balance in balances.items():
        state = "in balance" if balance["imbalance_days"] == 0 else "OUT OF BALANCE"
        say(f"{names[county]:<10} all its libraries {held(balance):+5g} days, book {state}")
    if owes != owed or any(balance["imbalance_days"] for balance in balances.values()):
        raise Stuck("The books do not agree. That must never happen: keep the state folder, and ask.")
    say("All libraries of all counties together: 0. What one has received, another has given.")


def held(balance: Document) -> float:
    """What all libraries of a county have together: given less received, at home and in other counties."""
    own = (account for account in balance["accounts"] if account["kind"] != "peer")
    return float(sum(account["credits_days"] - account["debits_days"] for account in own))


def position(client: Client, county: str) -> Document:
    """Our county's position towards another."""
    return next(dict(one) for one in client.get("positions")["items"] if one["county"] == county)


def where(side: Side, names: dict[str, str]) -> str:
    """`Eidskog (Innlandet)`."""
    return f"{side.library.short_name} ({names[side.library.county]})"


def days_of(side: Side) -> str:
    """What the library has and may ask for."""
    account = side.account()
    return f"{account['balance_days']:+g} days and may ask for {account['available_days']:g}"


def step(number: int, title: str) -> None:
    """A heading."""
    print(f"\n{number}. {title}")


def say(line: str) -> None:
    """A line of the story."""
    print(f"   {line}")


if __name__ == "__main__":
    sys.exit(main())
