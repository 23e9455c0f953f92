"""The people of the demonstration. All of them are made up; the same in every run."""

from collections.abc import Sequence
from dataclasses import dataclass

from demo.reference import DemoCounty, DemoLibrary, draw, fixed_id, pick, read_names

EVERYBODY_CAN = "routine-desk"
OFTEN = [
    "weeding",
    "cataloguing",
    "book-covering",
    "shelf-tidying",
    "dissemination",
    "children",
    "literature-promotion",
    "events",
    "reading-promotion",
    "weeding",
    "cataloguing",
    "shelf-tidying",
    "interlibrary-loan",
    "reference-work",
]
SELDOM = [
    "information-literacy",
    "music",
    "games",
    "library-room",
    "social-media",
    "statistics",
    "integration",
    "web",
    "teaching",
    "book-bus",
    "planning",
    "school-library",
    "collection-development",
    "class-sets",
    "universal-design",
    "digital-services",
    "press",
]
AT_SCHOOLS = [
    "upper-secondary-library",
    "information-literacy",
    "class-sets",
    "games",
    "reading-promotion",
    "teaching",
]

NUMBERS_OF_COLLEAGUES = (1, 2, 2, 2, 3, 3, 1, 2, 4, 2)
SHARING = ("library", "library", "library", "county", "county", "county", "county", "all", "all", "all")


@dataclass(frozen=True)
class Person:
    """A colleague of a library. The first of a library is its manager."""

    id: str
    library_id: str
    name: str
    email: str
    is_manager: bool
    sharing: str
    can: tuple[str, ...]
    can_teach: tuple[str, ...] = ()
    wants_to_learn: tuple[str, ...] = ()


Cast = tuple[tuple[str, str, str, str, str], ...]
"""Name, sharing choice, can, can teach, wants to learn (skills separated by spaces); the manager first."""

STORY: dict[tuple[str, str], Cast] = {
    ("innlandet", "Eidskog"): (
        (
            "Kari Moen",
            "all",
            "literature-promotion dissemination children shelf-tidying",
            "literature-promotion",
            "web",
        ),
        (
            "Jonas Berg",
            "county",
            "weeding shelf-tidying book-covering routine-desk",
            "weeding",
            "cataloguing",
        ),
    ),
    ("innlandet", "Grue"): (
        ("Siri Haugen", "county", "cataloguing integration events routine-desk", "cataloguing", "weeding"),
    ),
    ("innlandet", "Hamar"): (
        ("Lars Solberg", "county", "planning leadership statistics", "planning", "games"),
        ("Trine Solheim", "all", "cataloguing collection-development reference-work", "cataloguing", "music"),
    ),
    ("innlandet", "Ringsaker"): (
        ("Ellen Hagen", "library", "owner-dialogue planning routine-desk", "", "web"),
        ("Mona Ruud", "all", "book-covering shelf-tidying routine-work", "book-covering", "events"),
    ),
    ("innlandet", "Tolga"): (("Anders Lien", "county", "routine-desk weeding children", "", "cataloguing"),),
    ("akershus", "Nes"): (
        ("Hanne Lunde", "all", "dissemination events weeding", "events", "web"),
        ("Amina Khan", "all", "integration children dissemination", "integration", "book-covering"),
    ),
    ("akershus", "Lillestrøm"): (
        ("Morten Dahl", "county", "cataloguing library-systems it-operations", "library-systems", "music"),
        ("Nora Eide", "library", "cataloguing weeding integration", "", "teaching"),
    ),
    ("buskerud", "Drammen"): (
        ("Silje Bakken", "all", "events games social-media", "games", "statistics"),
        ("Ole Strand", "county", "weeding shelf-tidying cataloguing", "weeding", "web"),
    ),
    ("ostfold", "Fredrikstad"): (
        (
            "Tone Myhre",
            "county",
            "information-literacy reference-work teaching",
            "information-literacy",
            "games",
        ),
        ("Erik Brekke", "all", "class-sets cataloguing shelf-tidying", "class-sets", "weeding"),
    ),
    ("vestfold", "Tønsberg"): (
        ("Ida Fossum", "all", "literature-week networks planning", "planning", "library-room"),
        ("Henrik Lie", "all", "cataloguing weeding literature-promotion", "cataloguing", "events"),
    ),
    ("trondelag", "Stjørdal"): (
        (
            "Astrid Nygård",
            "library",
            "information-literacy teaching children",
            "information-literacy",
            "weeding",
        ),
        ("Per Hagen", "county", "weeding cataloguing routine-desk", "", "it-development"),
    ),
}
"""Those who play a part: the people of the pictures in the design, and one pair in every other county."""


def people_of(library: DemoLibrary) -> list[Person]:
    """The colleagues of a library, the manager first."""
    cast = STORY.get((library.county, library.short_name))
    if cast is None:
        return _invented(library)
    return [
        _person(library, name, number == 0, sharing, can.split(), teach.split(), learn.split())
        for number, (name, sharing, can, teach, learn) in enumerate(cast)
    ]


def actor_of(person: Person) -> dict[str, str]:
    """The person as the one on whose behalf something is asked."""
    return {
        "person_id": person.id,
        "library_id": person.library_id,
        "role": "library_manager" if person.is_manager else "colleague",
        "name": person.name,
    }


def caretakers_of(county: DemoCounty) -> tuple[str, str]:
    """Names of the one at the county library and of the node's operator."""
    return _name("county", county.slug), _name("operator", county.slug)


def domain_of(library: DemoLibrary) -> str:
    """A domain that exists nowhere (RFC 2606)."""
    return f"{ascii_name(library.short_name.removesuffix(' (demo)'))}.example"


def ascii_name(text: str) -> str:
    """The text as it stands in an e-mail address: `Østre Toten` is `ostre-toten`."""
    plain = text.lower()
    for letter, ascii_letters in (("æ", "ae"), ("ø", "o"), ("å", "a"), ("é", "e"), (".", "")):
        plain = plain.replace(letter, ascii_letters)
    return "-".join(plain.split())


def _invented(library: DemoLibrary) -> list[Person]:
    people: list[Person] = []
    taken: set[str] = set()
    for number in range(pick(NUMBERS_OF_COLLEAGUES, "number", library.id)):
        seed = (library.id, str(number))
        name = _name(*seed)
        if name in taken:
            continue
        taken.add(name)
        often = AT_SCHOOLS if library.kind == "upper_secondary" else OFTEN
        can = [
            EVERYBODY_CAN,
            *(pick(often, "often", *seed, part) for part in "abc"),
            pick(SELDOM, "seldom", *seed),
        ]
        teach = [pick(can[1:], "teach", *seed)] if draw(3, "teaches", *seed) == 0 else []
        learn = [skill for skill in (pick(SELDOM, "learn", *seed),) if skill not in can]
        sharing = pick(SHARING, "sharing", *seed)
        people.append(_person(library, name, number == 0, sharing, can, teach, learn))
    return people


def _name(*seed: str) -> str:
    """A name drawn from common ones. The county's statistics know many who are called so; none is meant."""
    first_names, last_names = read_names()
    return f"{pick(first_names, 'first', *seed)} {pick(last_names, 'last', *seed)}"


def _person(
    library: DemoLibrary,
    name: str,
    is_manager: bool,
    sharing: str,
    can: Sequence[str],
    teach: Sequence[str],
    learn: Sequence[str],
) -> Person:
    return Person(
        id=fixed_id("person", library.id, name),
        library_id=library.id,
        name=name,
        email=f"{'.'.join(ascii_name(name).split('-'))}@{domain_of(library)}",
        is_manager=is_manager,
        sharing=sharing,
        can=tuple(dict.fromkeys(can)),
        can_teach=tuple(teach),
        wants_to_learn=tuple(learn),
    )
