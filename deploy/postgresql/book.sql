-- What is in the book stays: the ledger's role may read and add, and change or delete nothing. In the ledger's
-- database, as <county>_owner, after each `byttebank migrate`:
--
--     psql --set county=innlandet --file deploy/postgresql/book.sql innlandet_ledger
--
-- The tables' triggers refuse the same to everybody, the owner included. Envelopes keep UPDATE: they are marked as
-- published, and the names beside them may be erased.
\set ON_ERROR_STOP on
\set role :county _ledger
REVOKE UPDATE, DELETE, TRUNCATE
    ON transfers, entries, resolutions, prepares_sent, prepares_received, decisions, promises, acts,
       clearing_documents, clearing_decisions
    FROM :"role";
REVOKE DELETE, TRUNCATE ON sent_envelopes, received_envelopes FROM :"role";
REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM :"role";
