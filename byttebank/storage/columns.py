"""Column types that mean the same on PostgreSQL and SQLite."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, String, TypeDecorator

from byttebank.clock import format_time, parse_time

BigKey = BigInteger().with_variant(Integer, "sqlite")
"""A growing primary key: SQLite numbers rows by itself only for INTEGER."""


class UtcTime(TypeDecorator[datetime]):
    """A moment with an offset: `timestamptz` on PostgreSQL, sortable text on SQLite."""

    impl = String(27)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(String(27))
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs an offset from UTC")
        return format_time(value) if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        return parse_time(value) if isinstance(value, str) else value
