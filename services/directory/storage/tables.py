"""The directory's tables. Own and other counties' things stand side by side, told apart by `county`."""

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
)

from byttebank.storage.columns import BigKey, UtcTime

metadata = MetaData()

SortText = Text().with_variant(Text(collation="C"), "postgresql")
"""Compared byte by byte on both databases, as SQLite does by itself."""

county_settings = Table(
    "county_settings",
    metadata,
    Column("slug", String(40), primary_key=True),
    Column("name", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("country", Text, nullable=False),
    Column("time_zone", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("is_demo", Boolean, nullable=False),
    Column("neighbours", JSON, nullable=False),
    Column("limit_half_days", Integer, nullable=False),
    Column("limit_is_hard", Boolean, nullable=False),
    Column("fuse_half_days", Integer, nullable=False),
    Column("area", JSON, nullable=False),
    Column("legal_basis", Text, nullable=False),
    Column("version", BigInteger, nullable=False),
)

libraries = Table(
    "libraries",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("county", String(40), nullable=False),
    Column("name", Text, nullable=False),
    Column("short_name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("national_number", Text),
    Column("municipality_code", Text),
    Column("municipality_name", Text),
    Column("latitude", Float),
    Column("longitude", Float),
    Column("is_demo", Boolean, nullable=False),
    Column("state", Text, nullable=False),
    Column("language", Text),
    Column("former_numbers", JSON, nullable=False),
    Column("size_class", Text),
    Column("opened_on", Text),
    Column("closed_on", Text),
    Column("country", Text),
    Column("closed_dates", JSON, nullable=False),
    Column("website", Text),
    Column("contact_name", Text),
    Column("contact_email", Text),
    Column("contact_phone", Text),
    Column("version", BigInteger, nullable=False),
    Column("sort_key", SortText, nullable=False),
    Column("search_text", Text, nullable=False),
)
Index("libraries_by_name", libraries.c.sort_key, libraries.c.id)
Index("libraries_by_county", libraries.c.county)

library_numbers = Table(
    "library_numbers",
    metadata,
    Column("county", String(40), primary_key=True),
    Column("number", String(20), primary_key=True),
    Column("library_id", String(36), nullable=False),
    Column("is_former", Boolean, nullable=False),
)
Index("library_numbers_by_library", library_numbers.c.library_id)

colleagues = Table(
    "colleagues",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("library_id", String(36), nullable=False),
    Column("name", Text),
    Column("email", Text),
    Column("is_manager", Boolean, nullable=False),
    Column("sharing", Text, nullable=False),
    Column("can", JSON, nullable=False),
    Column("can_teach", JSON, nullable=False),
    Column("wants_to_learn", JSON, nullable=False),
    Column("own_words", Text, nullable=False),
    Column("confirmed", JSON, nullable=False),
    Column("may_be_offered", Boolean, nullable=False),
    Column("language", Text),
    Column("version", BigInteger, nullable=False),
)
Index("colleagues_by_library", colleagues.c.library_id)

skills = Table(
    "skills",
    metadata,
    Column("code", String(60), primary_key=True),
    Column("category", Text, nullable=False),
    Column("names", JSON, nullable=False),
    Column("maps_to", String(60)),
    Column("is_retired", Boolean, nullable=False, server_default=false()),
)

offers = Table(
    "offers",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("county", String(40), nullable=False),
    Column("library_id", String(36), nullable=False),
    Column("colleague_id", String(36), nullable=False),
    Column("colleague_name", Text),
    Column("skills", JSON, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("dates", JSON, nullable=False),
    Column("first_on", Date),
    Column("last_on", Date),
    Column("ends_on", Date),
    Column("half_days", Integer, nullable=False),
    Column("places", JSON, nullable=False),
    Column("max_km", Integer),
    Column("reach", Text, nullable=False),
    Column("counties", JSON, nullable=False),
    Column("own_words", Text, nullable=False),
    Column("weekdays", JSON, nullable=False),
    Column("expires_on", Date),
    Column("min_at_home", Integer),
    Column("state", String(20), nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("fingerprint", String(64), nullable=False),
)
Index("offers_by_end", offers.c.state, offers.c.ends_on)
Index("offers_by_library", offers.c.library_id)
Index("offers_by_colleague", offers.c.colleague_id)

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
    Column("place", Text, nullable=False),
    Column("own_words", Text, nullable=False),
    Column("host_contact_id", String(36), nullable=False),
    Column("host_contact_name", Text),
    Column("is_open", Boolean, nullable=False),
    Column("dates", JSON, nullable=False),
    Column("same_person", Boolean, nullable=False),
    Column("urgency", Text, nullable=False),
    Column("to_library_id", String(36)),
    Column("reply_by_on", Date),
    Column("direct_answer", String(20)),
    Column("reach", Text, nullable=False),
    Column("widens_after_days", Integer),
    Column("widens_on", Date),
    Column("state", String(20), nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("fingerprint", String(64), nullable=False),
)
Index("requests_by_end", requests.c.state, requests.c.last_on)
Index("requests_by_library", requests.c.library_id)
Index("requests_by_contact", requests.c.host_contact_id)
Index("requests_by_widening", requests.c.widens_on)
Index("requests_by_addressee", requests.c.to_library_id)

covers = Table(
    "covers",
    metadata,
    Column("engagement_id", String(36), primary_key=True),
    Column("request_id", String(36), nullable=False),
    Column("half_days", Integer, nullable=False),
    Column("is_answer", Boolean, nullable=False),
    Column("reply_by_on", Date),
    Column("version", BigInteger, nullable=False),
)
Index("covers_by_request", covers.c.request_id)

erasures = Table(
    "erasures",
    metadata,
    Column("person_id", String(36), primary_key=True),
    Column("place", String(40), primary_key=True),
    Column("asked_at", UtcTime, nullable=False),
    Column("confirmed_at", UtcTime),
)

board_entries = Table(
    "board_entries",
    metadata,
    Column("key", BigKey, primary_key=True, autoincrement=True),
    Column("thing_id", String(36), nullable=False, unique=True),
    Column("kind", String(10), nullable=False),
    Column("county", String(40), nullable=False),
    Column("library_id", String(36), nullable=False),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date, nullable=False),
    Column("is_remote", Boolean, nullable=False),
    Column("x", BigInteger),
    Column("y", BigInteger),
    Column("z", BigInteger),
    Column("reach_square", BigInteger),
)
"""What the board is searched in. Its words are beside it: a tsvector, or an FTS5 table of the same key."""
Index("board_entries_by_library", board_entries.c.library_id)
Index("board_entries_by_place", board_entries.c.kind, board_entries.c.z, board_entries.c.y)

travel_times = Table(
    "travel_times",
    metadata,
    Column("from_library_id", String(36), primary_key=True),
    Column("to_library_id", String(36), primary_key=True),
    Column("minutes", Integer, nullable=False),
    Column("km", Integer),
    Column("minutes_square", BigInteger, nullable=False),
    Column("km_square", BigInteger),
)
"""By road, both ways round. The squares stand beside those of the straight lines that the board knows: of as
many kilometres as there are minutes, and of the kilometres."""

peers = Table(
    "peers",
    metadata,
    Column("county", String(40), primary_key=True),
    Column("name", Text, nullable=False),
    Column("base_url", Text),
    Column("state", String(20), nullable=False),
    Column("was_active", Boolean, nullable=False),
    Column("fuse_half_days", Integer, nullable=False),
    Column("keys", JSON, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("ended_on", Date),
    Column("said_version", BigInteger, nullable=False),
)

peer_acts = Table(
    "peer_acts",
    metadata,
    Column("number", BigKey, primary_key=True, autoincrement=True),
    Column("id", String(36), nullable=False, unique=True),
    Column("county", String(40), nullable=False),
    Column("what", String(20), nullable=False),
    Column("role", String(20), nullable=False),
    Column("reason", Text, nullable=False),
    Column("detail", Text),
    Column("fuse_half_days", Integer),
    Column("asked", JSON, nullable=False),
    Column("acted_at", UtcTime, nullable=False),
)
"""What was decided about peers. `asked`: the body as it was sent; the same once more changes nothing."""
