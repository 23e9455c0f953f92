"""Tables of matching. Dates are plain dates of the node's time zone, moments UTC."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    Float,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    false,
    true,
)

from byttebank.storage.columns import BigKey, UtcTime

metadata = MetaData()

county = Table(
    "county",
    metadata,
    Column("slug", String(40), primary_key=True),
    Column("neighbours", JSON, nullable=False),
    Column("version", BigInteger, nullable=False),
)

peers = Table(
    "peers",
    metadata,
    Column("county", String(40), primary_key=True),
    Column("state", String(20), nullable=False),
    Column("version", BigInteger, nullable=False),
)

participations = Table(
    "participations",
    metadata,
    Column("library_id", String(36), primary_key=True),
    Column("version", BigInteger, nullable=False),
)
"""Which participation agreement a library of this county has accepted: the highest version."""

libraries = Table(
    "libraries",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("county", String(40), nullable=False),
    Column("short_name", String(100), nullable=False),
    Column("latitude", Float),
    Column("longitude", Float),
    Column("country", String(2)),
    Column("closed_dates", Text, nullable=False, server_default=""),
    Column("size_class", String(20)),
    Column("state", String(20), nullable=False),
    Column("version", BigInteger, nullable=False),
)

colleagues = Table(
    "colleagues",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("library_id", String(36), nullable=False),
    Column("name", Text),
    Column("sharing", String(20), nullable=False),
    Column("can_teach", JSON, nullable=False),
    Column("version", BigInteger, nullable=False),
)
"""People of this county only."""

offers = Table(
    "offers",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("county", String(40), nullable=False),
    Column("library_id", String(36), nullable=False),
    Column("colleague_id", String(36), nullable=False),
    Column("colleague_name", Text),
    Column("purpose", String(20), nullable=False),
    Column("dates", Text, nullable=False),
    Column("first_on", Date),
    Column("last_on", Date),
    Column("places", Text, nullable=False),
    Column("max_km", Integer),
    Column("weekdays", Text, nullable=False, server_default=""),
    Column("expires_on", Date),
    Column("min_at_home", Integer),
    Column("reach", String(20), nullable=False),
    Column("state", String(20), nullable=False),
    Column("version", BigInteger, nullable=False),
)
"""`dates`, `places` and `weekdays` are separated by spaces, which reads faster than JSON. `first_on` and
`last_on` are the bounds of `dates` where the offer has single days."""

offer_skills = Table(
    "offer_skills",
    metadata,
    Column("skill", Text, primary_key=True),
    Column("offer_id", String(36), primary_key=True, index=True),
)

offer_counties = Table(
    "offer_counties",
    metadata,
    Column("offer_id", String(36), primary_key=True),
    Column("county", String(40), primary_key=True),
)
"""The counties of an offer whose reach is `counties`."""

travel_times = Table(
    "travel_times",
    metadata,
    Column("from_library_id", String(36), primary_key=True),
    Column("to_library_id", String(36), primary_key=True),
    Column("minutes", Integer, nullable=False),
    Column("km", Integer),
)
"""By road as the county has it, both ways round; `km` is null where only the time is known."""

index_changes = Table(
    "index_changes",
    metadata,
    Column("id", BigKey, primary_key=True, autoincrement=True),
    Column("kind", String(20), nullable=False),
    Column("key", String(40), nullable=False),
)
"""Which peers, libraries, colleagues, offers and balances have changed, in order; the oldest are swept."""

requests = Table(
    "requests",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("county", String(40), nullable=False),
    Column("library_id", String(36), nullable=False),
    Column("skills", JSON, nullable=False),
    Column("first_on", Date, nullable=False),
    Column("last_on", Date, nullable=False),
    Column("half_days", Integer, nullable=False),
    Column("dates", Text, nullable=False, server_default=""),
    Column("same_person", Boolean, nullable=False, server_default=false()),
    Column("is_open", Boolean, nullable=False, server_default=true()),
    Column("place", String(20), nullable=False),
    Column("host_contact_id", String(36), nullable=False),
    Column("host_contact_name", Text),
    Column("state", String(20), nullable=False),
    Column("version", BigInteger, nullable=False),
)

posted_days = Table(
    "posted_days",
    metadata,
    Column("transfer_id", String(36), primary_key=True),
)
"""Transfers that are in the balances, so that each counts once."""

balances = Table(
    "balances",
    metadata,
    Column("library_id", String(36), primary_key=True),
    Column("given_half_days", Integer, nullable=False),
    Column("received_half_days", Integer, nullable=False),
)

visits = Table(
    "visits",
    metadata,
    Column("library_id", String(36), primary_key=True),
    Column("other_library_id", String(36), primary_key=True),
    Column("last_on", Date, nullable=False),
)
"""The last day one of two libraries helped the other; written both ways round."""

engagements = Table(
    "engagements",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("state", String(20), nullable=False),
    Column("home_county", String(40), nullable=False),
    Column("lender_county", String(40), nullable=False),
    Column("host_library_id", String(36), nullable=False, index=True),
    Column("host_library_name", Text, nullable=False),
    Column("lender_library_id", String(36), nullable=False, index=True),
    Column("lender_library_name", Text, nullable=False),
    Column("colleague_id", String(36), nullable=False, index=True),
    Column("colleague_name", Text),
    Column("request_id", String(36), index=True),
    Column("offer_id", String(36)),
    Column("host_contact_id", String(36)),
    Column("host_contact_name", Text),
    Column("skill", Text),
    Column("purpose", String(20), nullable=False),
    Column("place", String(20), nullable=False),
    Column("own_words", Text, nullable=False),
    Column("dates", JSON, nullable=False),
    Column("last_on", Date, nullable=False, index=True),
    Column("half_days", Integer, nullable=False),
    Column("takes_time", Boolean, nullable=False),
    Column("reply_by_on", Date),
    Column("confirm_by_on", Date),
    Column("release_on", Date),
    Column("dispute_by_on", Date),
    Column("due_on", Date, index=True),
    Column("consents", JSON, nullable=False),
    Column("happened", JSON, nullable=False),
    Column("refusal", JSON(none_as_null=True)),
    Column("transfer_id", String(36)),
    Column("replaces", String(36), index=True),
    Column("move", JSON(none_as_null=True)),
    Column("history", JSON, nullable=False),
)
"""`takes_time`: the colleague is taken on the dates. `due_on`: the day on which silence has its effect,
only at the home, where time counts."""

early_answers = Table(
    "early_answers",
    metadata,
    Column("id", BigKey, primary_key=True, autoincrement=True),
    Column("engagement_id", String(36), nullable=False, index=True),
    Column("peer", String(40), nullable=False),
    Column("message_type", String(60), nullable=False),
    Column("payload", JSON, nullable=False),
    Column("detached", JSON, nullable=False),
    Column("received_at", UtcTime, nullable=False),
)
"""Answers that overtook their proposal on the way here."""

Index("offers_of_library", offers.c.library_id)
Index(
    "offers_by_minimum",
    offers.c.county,
    offers.c.library_id,
    postgresql_where=offers.c.min_at_home.is_not(None),
    sqlite_where=offers.c.min_at_home.is_not(None),
)
