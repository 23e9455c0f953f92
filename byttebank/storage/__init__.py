"""Databases: engine, unit of work, outbox, inbox, migrations. PostgreSQL and SQLite alike."""
