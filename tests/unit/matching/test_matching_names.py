"""A name is seen as far as its owner chose, and always after agreement."""

import pytest

from services.matching.domain.names import PEER, THIS_COUNTY, Person, Viewer, seen_name

OWN, OTHER = Viewer("grue"), Viewer("eidskog")


@pytest.mark.parametrize(
    ("sharing", "viewer", "is_seen"),
    [
        ("library", OWN, True),
        ("library", OTHER, False),
        ("library", THIS_COUNTY, False),
        ("library", PEER, False),
        ("county", OWN, True),
        ("county", OTHER, True),
        ("county", THIS_COUNTY, True),
        ("county", PEER, False),
        ("all", OTHER, True),
        ("all", PEER, True),
    ],
)
def test_each_sharing_choice_before_agreement(sharing: str, viewer: Viewer, is_seen: bool) -> None:
    people = {"jonas": Person("Jonas", "grue", sharing)}
    seen = seen_name("jonas", None, people=people, viewer=viewer, was_agreed=False)
    assert seen == ("Jonas" if is_seen else None)


@pytest.mark.parametrize("viewer", [OWN, OTHER, THIS_COUNTY, PEER])
@pytest.mark.parametrize("sharing", ["library", "county", "all"])
def test_everybody_sees_it_after_agreement(sharing: str, viewer: Viewer) -> None:
    people = {"jonas": Person("Jonas", "grue", sharing)}
    assert seen_name("jonas", None, people=people, viewer=viewer, was_agreed=True) == "Jonas"


def test_what_another_county_has_told_is_seen_here_and_passed_on_only_after_agreement() -> None:
    assert seen_name("per", "Per", people={}, viewer=OTHER, was_agreed=False) == "Per"
    assert seen_name("per", "Per", people={}, viewer=PEER, was_agreed=False) is None
    assert seen_name("per", "Per", people={}, viewer=PEER, was_agreed=True) == "Per"


def test_the_directorys_present_name_wins_even_when_it_is_gone() -> None:
    people = {"jonas": Person(None, "grue", "all")}
    assert seen_name("jonas", "Jonas", people=people, viewer=OWN, was_agreed=True) is None
