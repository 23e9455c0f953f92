from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Column, Engine, Integer, MetaData, Table, create_engine, event, insert, select
from sqlalchemy.exc import IntegrityError

from byttebank.storage.engine import open_engine
from byttebank.storage.transaction import gather, transaction_of

metadata = MetaData()
numbers = Table("numbers", metadata, Column("number", Integer, primary_key=True))
TO_NUMBERS = insert(numbers)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    made = open_engine(f"sqlite:///{tmp_path}/numbers.sqlite")
    metadata.create_all(made)
    yield made
    made.dispose()


def kept(engine: Engine) -> list[int]:
    with engine.connect() as connection:
        return list(connection.scalars(select(numbers.c.number).order_by(numbers.c.number)))


def test_rows_that_are_gathered_are_written_in_one_statement_when_the_transaction_ends(
    engine: Engine,
) -> None:
    told: list[str] = []
    event.listen(
        engine, "before_cursor_execute", lambda _one, _two, statement, *_rest: told.append(statement)
    )
    with engine.begin() as connection:
        for number in (1, 2, 3):
            gather(connection, TO_NUMBERS, {"number": number})
        assert told == []
    assert len(told) == 1
    assert kept(engine) == [1, 2, 3]


def test_whatever_asks_next_sees_the_rows_that_were_gathered(engine: Engine) -> None:
    with engine.begin() as connection:
        gather(connection, TO_NUMBERS, {"number": 1})
        assert connection.exec_driver_sql("SELECT count(*) FROM numbers").scalar() == 1


def test_what_is_rolled_back_is_not_written_by_the_next_transaction_of_the_connection(engine: Engine) -> None:
    with engine.connect() as connection:
        gather(connection, TO_NUMBERS, {"number": 1})
        connection.rollback()
        gather(connection, TO_NUMBERS, {"number": 2})
        connection.commit()
    assert kept(engine) == [2]


def test_a_savepoint_that_is_undone_takes_with_it_what_was_gathered_since_and_nothing_more(
    engine: Engine,
) -> None:
    with engine.connect() as connection:
        connection.exec_driver_sql("BEGIN")
        gather(connection, TO_NUMBERS, {"number": 1})
        savepoint = connection.begin_nested()
        gather(connection, TO_NUMBERS, {"number": 2})
        savepoint.rollback()
        gather(connection, TO_NUMBERS, {"number": 3})
        connection.commit()
    assert kept(engine) == [1, 3]


def test_a_row_that_cannot_be_written_fails_within_its_savepoint(engine: Engine) -> None:
    with engine.connect() as connection:
        connection.exec_driver_sql("BEGIN")
        gather(connection, TO_NUMBERS, {"number": 1})
        with pytest.raises(IntegrityError), connection.begin_nested():
            gather(connection, TO_NUMBERS, {"number": 1})
        connection.commit()
    assert kept(engine) == [1]


def test_a_lock_and_a_savepoint_that_is_undone_make_forget_what_was_read(engine: Engine) -> None:
    class Memory:
        def __init__(self) -> None:
            self.times = 0

        def forget(self) -> None:
            self.times += 1

        def write(self, connection: object) -> None:
            pass

    with engine.connect() as connection:
        memory = transaction_of(connection).memory(Memory)
        transaction_of(connection).forget()
        assert transaction_of(connection).memory(Memory) is memory
        assert memory.times == 1
        connection.begin_nested().rollback()
        assert transaction_of(connection).memory(Memory) is not memory


def test_an_engine_that_would_not_write_what_is_gathered_is_refused(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path}/other.sqlite")
    with engine.connect() as connection, pytest.raises(TypeError, match="nothing gathered would be written"):
        gather(connection, TO_NUMBERS, {"number": 1})
    engine.dispose()
