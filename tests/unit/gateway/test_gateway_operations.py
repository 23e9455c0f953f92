"""What an operator does about accounts on the command line."""

from collections.abc import Callable

import pytest
from test_gateway_accounts import KARI, PASSWORD, PASSWORD_HASH, add_kari, run_here

from byttebank.contracts.refusals import SignInFailed
from byttebank.storage.work import Database
from gateway import accounts, operations
from gateway.accounts import AccountWrong, check_password
from gateway.auth.sessions import open_session, user_of_session

pytestmark = pytest.mark.simulation
"""Takes seconds: one page after the other, as people go through them."""

EMAIL = "kari@eidskog.example"
LIBRARY = "01a2032c-54a7-71b1-a29b-fce1cb89e936"
OTHER_PASSWORD = "et annet passord"


def test_a_disabled_account_can_be_enabled_again_with_its_password_and_is_listed_as_it_is(
    database: Database,
) -> None:
    add_kari(database)
    with database.work() as work:
        assert operations.disable_user(work, EMAIL)["is_disabled"]
        assert [(one["email"], one["is_disabled"]) for one in operations.list_users(work)] == [(EMAIL, True)]
        assert not operations.enable_user(work, EMAIL)["is_disabled"]
    assert check_password(database, EMAIL, PASSWORD, run_here).email == EMAIL


def test_another_password_signs_everybody_out(database: Database) -> None:
    add_kari(database)
    with database.work() as work:
        token = open_session(work, KARI)
        operations.set_password(work, EMAIL, accounts.hash_password(OTHER_PASSWORD))
    assert user_of_session(database, token) is None
    with pytest.raises(SignInFailed):
        check_password(database, EMAIL, PASSWORD, run_here)
    assert check_password(database, EMAIL, OTHER_PASSWORD, run_here).email == EMAIL


def test_the_county_library_has_its_first_account_and_libraries_are_invited(database: Database) -> None:
    with database.work() as work:
        made = operations.add_caretaker(
            work, "Siri@Fylket.example", "Siri Dahl", "county", LIBRARY, PASSWORD_HASH
        )
    assert (made["email"], made["role"]) == ("siri@fylket.example", "county")
    user = check_password(database, "siri@fylket.example", PASSWORD, run_here)
    assert (user.role, user.colleague_id, user.library_id) == ("county", None, LIBRARY)
    for email, role in (("siri@fylket.example", "operator"), ("per@fylket.example", "colleague")):
        with pytest.raises(AccountWrong), database.work() as work:
            operations.add_caretaker(work, email, "Per", role, LIBRARY, PASSWORD_HASH)


@pytest.mark.parametrize("act", [operations.disable_user, operations.enable_user])
def test_an_account_that_is_not_there_or_whose_person_is_erased_is_refused(
    database: Database, act: Callable[..., object]
) -> None:
    add_kari(database)
    with database.work() as work:
        accounts.erase_account(work, KARI)
        assert operations.list_users(work) == []
    for email in (f"{KARI}@erased.invalid", EMAIL):
        with pytest.raises(AccountWrong, match="No account has the address"), database.work() as work:
            act(work, email)
