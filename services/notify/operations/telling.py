"""Telling people of this county: a notice for each recipient, and a mail for each who has an address."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from byttebank.storage.work import Work
from services.notify.domain.engagement import Engagement
from services.notify.domain.telling import Telling, is_told_here, parameters
from services.notify.letter import Letter, Letterhead, write_letter
from services.notify.storage import copies, mails, notices
from services.notify.storage.copies import Address


@dataclass(frozen=True)
class Recipient:
    """A library, or one person there, and those who get a mail."""

    library_id: str
    person_id: str | None
    addresses: list[Address]


@dataclass(frozen=True)
class Announcement:
    """News that concern no engagement. `about`: what `subject_id` is; `path`: where the mail's link leads."""

    key: str
    about: str
    subject_id: str
    occasion: str
    library_ids: list[str]
    parameters: Mapping[str, Any]
    path: str
    is_mailed: bool = True


def tell(work: Work, engagement: Engagement, told: Iterable[Telling], public_url: str) -> int:
    """Everybody of this county who must know has a notice and, where they want one, a queued mail.

    Whoever was told the same on the same occasion is not told again. A manager who is the colleague gets
    one mail, the personal one. Answers how many notices are new.
    """
    here = [one for one in told if is_told_here(engagement, one.party, work.county)]
    if not here:
        return 0
    head = letterhead(work, public_url)
    short_names = copies.short_names(
        work.connection, (engagement.host_library_id, engagement.lender_library_id)
    )
    personal_keys = {one.key for one in here if one.party == "colleague"}
    new = 0
    for telling in here:
        words = parameters(engagement, telling, short_names)
        for recipient in _recipients(work, engagement, telling, telling.key in personal_keys):
            new += _tell_one(work, engagement, telling, recipient, words, head)
    return new


def announce(work: Work, news: Announcement, public_url: str) -> int:
    """The libraries have a notice and, where it is mailed, their managers a queued mail; each once.

    Answers how many notices are new.
    """
    head = letterhead(work, public_url)
    new = 0
    for library_id in news.library_ids:
        addresses = copies.manager_addresses(work.connection, library_id)
        recipient = Recipient(library_id, None, addresses if news.is_mailed else [])
        notice_id = work.new_id()
        if not notices.add_notice(work.connection, _notice(work, notice_id, news, recipient)):
            continue
        new += 1
        for address in recipient.addresses:
            in_language = replace(head, language=address.language or head.language)
            letter = write_letter(news.key, news.parameters, news.subject_id, in_language, path=news.path)
            queue(work, notice_id, news.subject_id, address, letter, head)
    return new


def _notice(work: Work, notice_id: str, news: Announcement, recipient: Recipient) -> dict[str, Any]:
    return {
        "id": notice_id,
        "engagement_id": news.subject_id,
        "about": news.about,
        "key": news.key,
        "occasion": news.occasion,
        "library_id": recipient.library_id,
        "person_id": None,
        "parameters": dict(news.parameters),
        "created_at": work.now,
    }


def _recipients(
    work: Work, engagement: Engagement, telling: Telling, colleague_is_told: bool
) -> list[Recipient]:
    connection = work.connection
    if telling.party == "colleague":
        addresses = copies.address_of(connection, engagement.colleague_id)
        return [Recipient(engagement.lender_library_id, engagement.colleague_id, addresses)]
    if telling.party == "county":
        libraries = copies.county_library_ids(connection, work.county)
    else:
        libraries = [engagement.host_library_id if telling.party == "host" else engagement.lender_library_id]
    skipped = {engagement.colleague_id} if colleague_is_told else set()
    return [
        Recipient(
            library_id,
            None,
            [one for one in copies.manager_addresses(connection, library_id) if one.person_id not in skipped],
        )
        for library_id in libraries
    ]


def _tell_one(
    work: Work,
    engagement: Engagement,
    telling: Telling,
    recipient: Recipient,
    words: dict[str, Any],
    head: Letterhead,
) -> bool:
    notice_id = work.new_id()
    is_new = notices.add_notice(
        work.connection,
        {
            "id": notice_id,
            "engagement_id": engagement.id,
            "key": telling.key,
            "occasion": telling.occasion,
            "library_id": recipient.library_id,
            "person_id": recipient.person_id,
            "parameters": words,
            "created_at": work.now,
        },
    )
    if is_new and telling.is_mailed:
        for address in recipient.addresses:
            in_language = replace(head, language=address.language or head.language)
            letter = write_letter(telling.key, words, engagement.id, in_language)
            queue(work, notice_id, engagement.id, address, letter, head)
    return is_new


def queue(
    work: Work, notice_id: str, engagement_id: str, address: Address, letter: Letter, head: Letterhead
) -> None:
    """The letter is on its way to the address, in the thread of the thing with `engagement_id`."""
    domain = urlsplit(head.public_url).hostname or "localhost"
    mails.queue_mail(
        work.connection,
        {
            "id": work.new_id(),
            "notice_id": notice_id,
            "person_id": address.person_id,
            "to_address": address.email,
            "message_id": f"<{notice_id}.{address.person_id}@{domain}>",
            # Short, because a longer line is folded and then no mail program knows it as an id.
            "thread_id": f"<{engagement_id}@byttebank>",
            "language": letter.language,
            "subject": letter.subject,
            "text": letter.text,
            "html": letter.html,
            "queued_at": work.now,
            "next_attempt_at": work.now,
        },
    )


def letterhead(work: Work, public_url: str) -> Letterhead:
    """Who writes, as the county is known here."""
    county = copies.find_county(work.connection, work.county)
    return Letterhead(
        county=work.county,
        county_name=county["name"] if county else None,
        county_names=copies.county_names(work.connection),
        language=county["language"] if county else None,
        public_url=public_url,
        today=work.today,
    )
