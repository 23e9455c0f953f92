"""A backup of the broker's file, while it runs."""

import pytest
from store_cast import bodies, channel, declare, publish

from byttebank.messaging.embedded import StoreRefused, start_broker


def test_a_backup_can_be_started_from(start, path, tmp_path):
    broker = start()
    one = channel()
    declare(one)
    publish(one, body="in the backup")
    broker.backup(tmp_path / "copy.sqlite")
    publish(one, body="after the backup")
    broker.close()
    restored = start_broker(tmp_path / "copy.sqlite")
    assert bodies(channel()) == ["in the backup"]
    restored.close()


def test_a_backup_that_cannot_be_written_is_refused(start, path, tmp_path):
    broker = start()
    declare(channel())
    publish(channel(), body="safe")
    for wrong in (tmp_path, tmp_path / "missing" / "copy.sqlite"):
        with pytest.raises(StoreRefused, match="cannot be written"):
            broker.backup(wrong)
    with pytest.raises(StoreRefused, match="own file"):
        broker.backup(path.parent / "." / path.name)
    start()
    assert bodies(channel()) == ["safe"]


def test_a_broker_without_a_file_has_no_backup(tmp_path):
    broker = start_broker(None)
    with pytest.raises(ValueError, match="without a file"):
        broker.backup(tmp_path / "copy.sqlite")
    broker.close()
