"""Other words that people look for skills and categories with, beside the vocabulary's own.

They are added to what is looked for, not to what is on the board: so a new word works at once, also for what
other counties sent.
"""

from functools import cache

from services.directory.domain.stems import stem

OF_SKILLS = {
    "routine-desk": "vakt skranke ekspedere ekspedisjon utlån veiledningsskranke",
    "cataloguing": "klassifisere klassifisering klassere metadata marc dewey emneord",
    "book-covering": "bokplast innbinding",
    "shelf-tidying": "rydde rydding hylle oppstilling magasinrydding",
    "weeding": "utrangere magasinrydding avhende",
    "collection-development": "innkjøp samlingspleie bestand bokvalg",
    "interlibrary-loan": "innlån utlån depot",
    "logistics": "frakt kjøring sending",
    "literature-promotion": "bokprat boktips formidling",
    "reading-promotion": "leselyst lesing sommerles",
    "children": "barnebok barnebøker barnebibliotek eventyrstund lesestund småbarn ungdom unge",
    "music": "noter konsert",
    "games": "gaming dataspill dataspel brettspill brettspel",
    "events": "foredrag forfatterbesøk forfattarbesøk",
    "school-library": "skolebibliotek skulebibliotek grunnskole grunnskule barneskole skole skule",
    "upper-secondary-library": "vgs skolebibliotek skulebibliotek skole skule",
    "integration": "innvandrer innvandrar flyktning språkkafé mangfold mangfald norskopplæring",
    "information-literacy": "kildekritisk kjeldekritisk kildebruk kjeldebruk",
    "reference-work": "veiledning rettleiing spørsmål",
    "teaching": "opplæring undervisning undervise",
    "learning-arena": "makerspace skaperverksted skaparverkstad",
    "library-systems": "koha bibliofil quria mikromarc",
    "it-operations": "data datamaskin teknikk pc",
    "it-development": "programmere programmering koding koda",
    "web": "nettsted nettstad hjemmeside heimeside nett",
    "social-media": "facebook instagram",
    "digital-services": "ebok ebøker lydbok nettbrett",
    "library-room": "rom lokale møbler innrede ommøblering",
    "universal-design": "tilgjengelighet tilgjenge uu",
    "self-service-hours": "meråpne meråpen meropen ubetjent selvbetjent sjølvbetent",
    "planning": "plan planlegge planlegging",
    "project-management": "prosjektleder prosjektleiar søknad prosjektmidler",
    "leadership": "leder leiar ledelse leiing",
    "methods": "prosess idémyldring",
    "marketing": "reklame plakat promotering marknadsføre",
    "press": "presse avis journalist media",
    "owner-dialogue": "politikk politiker politikar eiere eierne eigarane",
    "negotiation": "avtale anskaffelse innkjøpsavtale kontrakt",
    "abm": "lokalhistorie lokalsamling slekt",
}
"""By the code of the skill, in both standards of Norwegian where they differ."""

OF_CATEGORIES = {
    "daily work": "daglig dagleg arbeid daily work hverdag kvardag",
    "collection": "samling collection",
    "dissemination": "formidling dissemination",
    "outreach": "ut folk outreach oppsøkende oppsøkjande",
    "learning": "læring learning",
    "digital": "digitalt digital ikt data",
    "room": "rom lokaler lokale room rooms",
    "organisation": "organisasjon ledelse leiing organisation leadership",
}
"""By the category's code: what it is called in three languages, and the like."""

LITTLE = (
    "og",
    "i",
    "til",
    "på",
    "for",
    "med",
    "av",
    "å",
    "om",
    "en",
    "ei",
    "et",
    "eit",
    "som",
    "and",
    "of",
    "the",
)
"""They say nothing of what is looked for."""


@cache
def skills_called() -> dict[str, tuple[str, ...]]:
    """The codes of the skills that a stem is another word for, by stem."""
    return _by_stem(OF_SKILLS)


@cache
def categories_called() -> dict[str, tuple[str, ...]]:
    """The codes of the categories that a stem names, by stem."""
    return _by_stem(OF_CATEGORIES)


def telling(words: list[str]) -> list[str]:
    """The words without the little ones, unless there are no others."""
    little = {stem(word) for word in LITTLE}
    return [word for word in words if word not in little] or words


def _by_stem(words_by_code: dict[str, str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for code, words in words_by_code.items():
        for one in dict.fromkeys(stem(word) for word in words.split()):
            found[one] = (*found.get(one, ()), code)
    return found
