-- One county's databases and roles, on PostgreSQL 15 or newer. As a superuser, once:
--
--     psql --set county=innlandet --file deploy/postgresql/databases.sql postgres
--
-- <county>_owner owns the tables: `byttebank migrate` signs in as it, and nothing else does.
-- <county>_<service> is what the service signs in as. It reads and writes rows and cannot change tables.
-- Give the roles their passwords afterwards (\password in psql), or let pg_hba.conf know certificates.
\set ON_ERROR_STOP on
\set owner :county _owner
CREATE ROLE :"owner" LOGIN;
\set service directory
\ir database.sql
\set service ledger
\ir database.sql
\set service matching
\ir database.sql
\set service notify
\ir database.sql
\set service gateway
\ir database.sql
