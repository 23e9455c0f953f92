"""Accounts, passwords, attempts, sessions and tokens."""

from datetime import timedelta
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext

from byttebank.clock import FixedClock
from byttebank.contracts.refusals import SignInFailed, TooManyAttempts
from byttebank.identifiers import new_id
from byttebank.storage import migrations
from byttebank.storage.engine import open_engine
from byttebank.storage.work import Database
from gateway import accounts, operations, storage
from gateway.accounts import AccountWrong, User, add_user, check_password, hash_password
from gateway.auth.sessions import close_session, open_session, user_of_session
from gateway.auth.tokens import find_token, issue_token, revoke_token
from gateway.secret import keep_secret_key
from gateway.settings import run_here

pytestmark = pytest.mark.simulation
"""Takes seconds: passwords are hashed as slowly as in earnest."""

PASSWORD = "ni bøker på hylla"
PASSWORD_HASH = hash_password(PASSWORD)


def add_kari(database: Database, **changes: object) -> User:
    values: dict = {
        "user_id": KARI,
        "email": "kari@eidskog.example",
        "name": "Kari Moen",
        "password_hash": PASSWORD_HASH,
        "role": "library_manager",
        "library_id": EIDSKOG,
        "colleague_id": KARI,
        "language": "nb",
    }
    with database.work() as work:
        return add_user(work, **{**values, **changes})


KARI, EIDSKOG = new_id(), new_id()


def test_a_password_is_stored_as_an_argon2id_hash_that_only_it_fits() -> None:
    assert PASSWORD_HASH.startswith("$argon2id$")
    assert PASSWORD not in PASSWORD_HASH
    assert accounts.password_fits(PASSWORD_HASH, PASSWORD)
    assert not accounts.password_fits(PASSWORD_HASH, PASSWORD + " ")


def test_a_short_password_is_turned_down_with_the_length_it_needs() -> None:
    with pytest.raises(AccountWrong, match="8 to 1000"):
        hash_password("kort")


def test_the_hash_for_unknown_addresses_is_well_formed_and_fits_nothing() -> None:
    assert accounts._NOBODYS_HASH.split("$")[1:4] == PASSWORD_HASH.split("$")[1:4]
    assert not accounts.password_fits(accounts._NOBODYS_HASH, PASSWORD)


def test_one_signs_in_with_the_address_in_any_case(database: Database) -> None:
    kari = add_kari(database)
    assert check_password(database, " Kari@Eidskog.example ", PASSWORD, run_here) == kari


def test_the_actor_is_the_colleague(database: Database) -> None:
    assert add_kari(database).actor == {
        "person_id": KARI,
        "library_id": EIDSKOG,
        "role": "library_manager",
        "name": "Kari Moen",
    }


@pytest.mark.parametrize("email", ["kari@eidskog.example", "nobody@eidskog.example"])
def test_a_wrong_password_and_an_unknown_address_look_the_same(database: Database, email: str) -> None:
    add_kari(database)
    checked: list[str] = []

    def run(function, *arguments):  # type: ignore[no-untyped-def]
        checked.append(arguments[0])
        return function(*arguments)

    with pytest.raises(SignInFailed):
        check_password(database, email, "something else", run)
    assert len(checked) == 1


def test_a_disabled_account_does_not_get_in_and_is_signed_out(database: Database) -> None:
    add_kari(database)
    with database.work() as work:
        token = open_session(work, KARI)
        operations.disable_user(work, "Kari@Eidskog.example")
    assert user_of_session(database, token) is None
    with pytest.raises(SignInFailed):
        check_password(database, "kari@eidskog.example", PASSWORD, run_here)


@pytest.mark.parametrize("email", ["kari@eidskog.example", "nobody@eidskog.example"])
def test_after_ten_attempts_one_waits_until_the_first_is_a_quarter_of_an_hour_old(
    database: Database, clock: FixedClock, email: str
) -> None:
    add_kari(database)
    no_thread = lambda *_: False  # noqa: E731
    for _ in range(accounts.MAX_ATTEMPTS):
        with pytest.raises(SignInFailed):
            check_password(database, email, "guess", no_thread)
        clock.move_to(clock.now() + timedelta(seconds=1))
    with pytest.raises(TooManyAttempts) as refused:
        check_password(database, email, PASSWORD, run_here)
    assert refused.value.parameters == {"until_at": "2026-11-23T07:29:00.000000Z"}
    clock.move_to(clock.now() + timedelta(minutes=15))
    if email.startswith("kari"):
        assert check_password(database, email, PASSWORD, run_here).name == "Kari Moen"


def test_attempts_are_counted_before_the_password_is_looked_at(database: Database) -> None:
    add_kari(database)
    inside: list[int] = []

    def look(*_: object) -> bool:
        with database.reading() as work:
            who = storage.sign_in_attempts.c.who_hash
            inside.append(
                len(work.connection.execute(storage.sign_in_attempts.select().where(who != "")).all())
            )
        return True

    check_password(database, "kari@eidskog.example", "anything", look)
    assert inside == [1]


def test_getting_in_forgets_the_attempts(database: Database) -> None:
    add_kari(database)
    for _ in range(3 * accounts.MAX_ATTEMPTS):
        check_password(database, "kari@eidskog.example", "x", lambda *_: True)


def test_an_account_is_added_twice_with_the_same_result(database: Database) -> None:
    assert add_kari(database) == add_kari(database)


def test_two_accounts_cannot_have_one_address(database: Database) -> None:
    add_kari(database)
    with pytest.raises(AccountWrong, match="belongs to another account"):
        add_kari(database, user_id=new_id(), email="KARI@eidskog.example")


@pytest.mark.parametrize(
    "wrong",
    [
        {"role": "king"},
        {"library_id": "eidskog"},
        {"email": "kari"},
        {"language": "xx"},
        {"name": ""},
        {"user_id": "1"},
    ],
)
def test_an_account_that_makes_no_sense_is_turned_down(database: Database, wrong: dict) -> None:
    with pytest.raises(AccountWrong):
        add_kari(database, **wrong)


def test_a_new_role_signs_everybody_out(database: Database) -> None:
    add_kari(database)
    with database.work() as work:
        session = open_session(work, KARI)
        token, _ = issue_token(work, KARI)
    add_kari(database, name="Kari M. Moen")
    assert user_of_session(database, session) is not None
    add_kari(database, role="colleague")
    assert user_of_session(database, session) is None
    assert find_token(database, token) is None


def test_only_the_hash_of_a_session_is_stored(database: Database) -> None:
    add_kari(database)
    with database.work() as work:
        token = open_session(work, KARI)
        rows = work.connection.execute(storage.sessions.select()).mappings().all()
    assert len(rows) == 1
    assert token not in str(rows)


def test_a_session_ends_after_a_day_away_and_after_two_weeks(database: Database, clock: FixedClock) -> None:
    add_kari(database)
    start = clock.now()
    with database.work() as work:
        away, busy = open_session(work, KARI), open_session(work, KARI)
    for hours in range(6, 14 * 24, 6):
        clock.move_to(start + timedelta(hours=hours))
        assert user_of_session(database, busy) is not None
    assert user_of_session(database, away) is None
    clock.move_to(start + timedelta(days=14, seconds=1))
    assert user_of_session(database, busy) is None


def test_opening_a_session_closes_the_old_one(database: Database) -> None:
    add_kari(database)
    with database.work() as work:
        old = open_session(work, KARI)
        new = open_session(work, KARI, old_token=old)
    assert user_of_session(database, old) is None
    assert user_of_session(database, new) is not None
    with database.work() as work:
        close_session(work, new)
    assert user_of_session(database, new) is None


def test_a_token_is_stored_hashed_ends_and_can_be_revoked(database: Database, clock: FixedClock) -> None:
    add_kari(database)
    with database.work() as work:
        token, expires_at = issue_token(work, KARI, ["read"])
        other, _ = issue_token(work, KARI)
        assert token not in str(work.connection.execute(storage.tokens.select()).mappings().all())
    found = find_token(database, token)
    assert found is not None
    assert found.scopes == {"read"}
    assert found.user.user_id == KARI
    with database.work() as work:
        revoke_token(work, other)
    assert find_token(database, other) is None
    clock.move_to(expires_at)
    assert find_token(database, token) is None


def test_the_secret_key_is_made_once(database: Database) -> None:
    assert keep_secret_key(database) == keep_secret_key(database)
    assert len(keep_secret_key(database)) == 32


def test_an_account_said_again_keeps_the_language_its_person_chose(database: Database) -> None:
    assert add_kari(database, language=None).language is None
    with database.work() as work:
        accounts.set_language(work, KARI, "nn")
    assert add_kari(database, language=None, name="Kari Moen Lie").language == "nn"
    assert add_kari(database, language="en").language == "en"
    with database.work() as work:
        accounts.set_language(work, KARI, None)
    assert add_kari(database, language=None).language is None
    with pytest.raises(AccountWrong, match="'se' is not a language"), database.work() as work:
        accounts.set_language(work, KARI, "se")


def test_accounts_of_the_release_before_have_chosen_no_language_and_lose_nothing(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path}/before.sqlite")
    scripts = migrations._scripts("gateway")
    with engine.connect() as connection:
        with EnvironmentContext(
            Config(), scripts, fn=lambda revision, _: scripts._upgrade_revs("0001", revision)
        ) as context:
            context.configure(connection=connection, transaction_per_migration=False)
            context.run_migrations()
        old = {
            "email": "kari@eidskog.example",
            "name": "Kari Moen",
            "password_hash": PASSWORD_HASH,
            "role": "library_manager",
            "library_id": EIDSKOG,
            "language": "nb",
            "is_disabled": False,
            "created_at": "2026-01-01",
            "changed_at": "2026-01-01",
        }
        columns = ", ".join(["user_id", *old])
        marks = ", ".join("?" * (len(old) + 1))
        connection.exec_driver_sql(f"INSERT INTO users ({columns}) VALUES ({marks})", (KARI, *old.values()))
        connection.commit()
    migrations.migrate(engine, "gateway")
    with engine.connect() as connection:
        kept = dict(connection.exec_driver_sql("SELECT * FROM users").mappings().one())
    assert kept["language"] is None
    assert {name: kept[name] for name in old if name != "language"} == {
        name: value for name, value in old.items() if name != "language"
    }
    engine.dispose()
