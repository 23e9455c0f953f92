"""Notify's shell: hears what happened, tells people in time, and hands their mails to the node's channel."""

from typing import Any

from prometheus_client import Counter, Gauge

from byttebank import telemetry
from byttebank.clock import parse_time
from byttebank.messaging.service import Runtime, every, on_local, rpc
from byttebank.storage.work import Work
from services.notify.channels import Channel, open_channel
from services.notify.domain.delivery import Delivered, OutgoingMail, Refused, Unreached
from services.notify.operations import announcing, asking, copies, engagements, inviting, mails
from services.notify.operations import notices as reading

WAITING_MAILS = Gauge("byttebank_waiting_mails", "Mails that have not been sent yet.", ["county"])
FAILED_MAILS = Gauge("byttebank_failed_mails", "Mails laid aside after too many refusals.", ["county"])
MAILS_OLDEST_SECONDS = Gauge(
    "byttebank_mails_oldest_seconds", "Age of the oldest mail that waits; 0 when there is none.", ["county"]
)
MAIL_ATTEMPTS = Counter(
    "byttebank_mail_attempts",
    "Attempts at a mail: delivered to the mail server, refused by it, or the server was unreached.",
    ["county", "outcome"],
)
BATCH = 20

_log = telemetry.logger(__name__)


class NotifyService:
    """Who is told: notices and mail (`byttebank.contracts.rpc.NotifyPort`)."""

    name = "notify"
    runtime = Runtime()

    @rpc
    def notices(self, library_id: str, person_id: str | None = None, limit: int = 50) -> list[dict[str, Any]]:
        """See the port."""
        with self.runtime.reading() as work:
            return reading.notices(work, library_id, person_id, limit)

    @rpc
    def export_person(self, person_id: str, actor: dict[str, Any]) -> dict[str, Any]:
        """See the port."""
        with self.runtime.reading() as work:
            return reading.export_person(work, person_id, actor)

    @rpc
    def mark_read(self, notice_id: str, actor: dict[str, Any]) -> dict[str, Any]:
        """See the port."""
        with self.runtime.work() as work:
            return reading.mark_read(work, notice_id, actor)

    @rpc
    def mailbox(self, limit: int = 100) -> list[dict[str, Any]]:
        """See the port."""
        with self.runtime.reading() as work:
            return mails.mailbox(work, limit, is_demo=self.runtime.config.is_demo)

    @rpc
    def mail_backlog(self) -> dict[str, Any]:
        """See the port."""
        with self.runtime.reading() as work:
            return mails.mail_backlog(work)

    @rpc
    def resend_failed_mails(self) -> int:
        """See the port."""
        with self.runtime.work() as work:
            return mails.resend_failed(work)

    @on_local("CountyChanged")
    def county_changed(self, work: Work, body: dict[str, Any]) -> None:
        """Names, language and time zone of the node."""
        copies.county_changed(work, body)

    @on_local("PeerChanged")
    def peer_changed(self, work: Work, body: dict[str, Any]) -> None:
        """Names of the counties we exchange with."""
        copies.peer_changed(work, body)

    @on_local("LibraryChanged")
    def library_changed(self, work: Work, body: dict[str, Any]) -> None:
        """Names of libraries."""
        copies.library_changed(work, body)

    @on_local("ColleagueChanged")
    def colleague_changed(self, work: Work, body: dict[str, Any]) -> None:
        """Addresses of people."""
        copies.colleague_changed(work, body)

    @on_local("PersonErased")
    def person_erased(self, work: Work, body: dict[str, Any]) -> None:
        """What was written to a person is forgotten with her."""
        copies.person_erased(work, body)

    @on_local("EngagementChanged")
    def engagement_changed(self, work: Work, body: dict[str, Any]) -> None:
        """Whoever must know is told."""
        engagements.engagement_changed(work, body, self.runtime.config.public_url)

    @on_local("DirectRequestChanged")
    def direct_request_changed(self, work: Work, body: dict[str, Any]) -> None:
        """The library that is asked alone is told, or the one that asks hears the answer."""
        asking.direct_request_changed(work, body, self.runtime.config.public_url)

    @on_local("PromiseDue")
    def promise_due(self, work: Work, body: dict[str, Any]) -> None:
        """The library that has promised days is reminded."""
        announcing.promise_due(work, body, self.runtime.config.public_url)

    @on_local("VandringTold")
    def vandring_told(self, work: Work, body: dict[str, Any]) -> None:
        """The library reads what a vandring round asks of it, or brings."""
        announcing.vandring_told(work, body, self.runtime.config.public_url)

    @on_local("LibraryInvited")
    def library_invited(self, work: Work, body: dict[str, Any]) -> None:
        """Whoever comes first to a library gets its own link."""
        inviting.library_invited(work, body, self.runtime.config.public_url)

    @on_local("ClearingEnded")
    def clearing_ended(self, work: Work, body: dict[str, Any]) -> None:
        """The county library reads what came of it."""
        announcing.clearing_ended(work, body, self.runtime.config.public_url)

    @on_local("JointRoundComputed")
    def joint_round_computed(self, work: Work, body: dict[str, Any]) -> None:
        """The county library is asked to look its own proposals over."""
        announcing.joint_round_computed(work, body, self.runtime.config.public_url)

    @on_local("PeerEquivocated")
    def peer_equivocated(self, work: Work, body: dict[str, Any]) -> None:
        """The county library is told to call."""
        announcing.peer_equivocated(work, body, self.runtime.config.public_url)

    @every(10)
    def remind(self) -> None:
        """Tell the reminders that are due, each in a transaction of its own."""
        with self.runtime.reading() as work:
            due = engagements.due_reminders(work)
        for engagement_id, key in due:
            with telemetry.bound(engagement_id=engagement_id):
                self._remind_of(engagement_id, key)

    @every(10)
    def send(self) -> None:
        """Hand the mails that are due to the channel. Nothing of it happens within a transaction."""
        config = self.runtime.config
        channel = open_channel(smtp_url=config.smtp_url, is_demo=config.is_demo, public_url=config.public_url)
        if channel is not None:
            while self._send_batch(channel) == BATCH:
                pass

    def _remind_of(self, engagement_id: str, key: str) -> None:
        try:
            with self.runtime.work() as work:
                engagements.tell_reminder(work, engagement_id, key, self.runtime.config.public_url)
        except Exception:
            # One that fails must not keep the others from being told; it is tried again at the next tick.
            _log.exception("A reminder could not be told", key=key)

    @every(10, at_start=True)
    def measure(self) -> None:
        """The gauges show the mails as they are."""
        county = self.runtime.county
        for kind in (Delivered, Refused, Unreached):
            MAIL_ATTEMPTS.labels(county, kind.__name__.lower())
        with self.runtime.reading() as work:
            backlog = mails.mail_backlog(work)
            now = work.now
        oldest = backlog["oldest_queued_at"]
        WAITING_MAILS.labels(county).set(backlog["waiting"])
        FAILED_MAILS.labels(county).set(backlog["failed"])
        age_seconds = (now - parse_time(oldest)).total_seconds() if oldest else 0
        MAILS_OLDEST_SECONDS.labels(county).set(age_seconds)

    @every(600)
    def warn_of_mails_that_stay(self) -> None:
        """Say it in the log when mails wait for a channel that nobody has configured, or were laid aside."""
        with self.runtime.reading() as work:
            backlog = mails.mail_backlog(work)
        if backlog["waiting"] and not self.runtime.config.smtp_url and not self.runtime.config.is_demo:
            _log.warning("Mails wait: BYTTEBANK_SMTP_URL is not set", waiting=backlog["waiting"])
        if backlog["failed"]:
            _log.warning("Mails were refused for good and are laid aside", failed=backlog["failed"])

    def _send_batch(self, channel: Channel) -> int:
        """The number of mails that the channel gave an answer about."""
        with self.runtime.work() as work:
            claimed = mails.claim_mails(work, BATCH)
        unreached = 0
        for mail_id, outcome in channel.deliver(claimed):
            with self.runtime.work() as work:
                mails.record_outcome(work, mail_id, outcome, keeps_links=self.runtime.config.is_demo)
            MAIL_ATTEMPTS.labels(self.runtime.county, type(outcome).__name__.lower()).inc()
            if isinstance(outcome, Refused) or (isinstance(outcome, Unreached) and not unreached):
                _tell_operator(channel, claimed, mail_id, outcome)
            unreached += isinstance(outcome, Unreached)
        return len(claimed) - unreached


def _tell_operator(
    channel: Channel, claimed: list[OutgoingMail], mail_id: str, outcome: Refused | Unreached
) -> None:
    """A line in the log, without anybody's address: the server's answer may name it, so it is taken out."""
    address = next(mail.to_address for mail in claimed if mail.id == mail_id)
    what = "A mail was refused" if isinstance(outcome, Refused) else "Mails could not be sent yet"
    _log.warning(
        what, channel=channel.name, mail_id=mail_id, reason=outcome.reason.replace(address, "the recipient")
    )
