"""Which language somebody at a terminal reads."""

import pytest

from byttebank.language import language_of


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "nb"),
        ({"LANG": "C.UTF-8"}, "nb"),
        ({"LANG": "POSIX"}, "nb"),
        ({"LANG": "sv_SE.UTF-8"}, "nb"),
        ({"LANG": "nn_NO.UTF-8"}, "nn"),
        ({"LANG": "no_NO"}, "nb"),
        ({"LANG": "en_US.UTF-8"}, "en"),
        ({"LANG": "en"}, "en"),
        ({"LC_ALL": "", "LC_MESSAGES": "nn_NO", "LANG": "en_US"}, "nn"),
        ({"LC_ALL": "nb_NO.UTF-8", "LC_MESSAGES": "nn_NO", "LANG": "en_US"}, "nb"),
    ],
)
def test_the_first_variable_that_is_set_decides(environment: dict[str, str], language: str) -> None:
    assert language_of(environment) == language
