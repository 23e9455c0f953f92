"""The mapping: a conclusion for each municipality, a table, a map and a file; nothing personal."""

import csv
import io

from api_program import Program
from conftest import Node
from eidskog_directory import mapped

from gateway.words.mapping import conclusion_sentence


def test_each_municipality_has_its_conclusion_in_plain_words(node: Node) -> None:
    page = node.browser("kari").get("/kartlegging")
    for words in (
        "Innlandet har 2 av 6 ferdigheter, som kassering og katalogisering og klassifikasjon.",
        "Eidskog har 1 av 6 ferdigheter. Det mangler katalogisering og klassifikasjon. *",
        "Ingen har sagt hva de kan ennå.",
        "Ingen har sagt hva de kan ennå. Det trengs kassering.",
        "* Færre enn tre kolleger",
    ):
        assert words in page.words
    assert len(page.soup.select("tbody tr")) == 2
    assert "1 kommune har ikke sagt noe ennå" in page.words
    assert page.soup.find("svg", class_="bb-map") is not None


def test_one_skill_is_looked_for(node: Node) -> None:
    page = node.browser("kari").get("/kartlegging?ferdighet=weeding")
    assert [row.th.find(string=True) for row in page.soup.select("tbody tr")] == ["Eidskog", "Hamar"]
    assert page.soup.find(id="steder").get_text() == "Kassering"
    page = node.browser("kari").get("/kartlegging?ferdighet=children")
    assert "Ingen har sagt at de kan eller ønsker dette ennå." in page.words
    assert len(node.browser("kari").get("/kartlegging?ferdighet=%00").soup.select("tbody tr")) == 2


def test_the_file_holds_all_of_it_and_no_formula(node: Node) -> None:
    node.backend.directory._mapped.append(mapped("=1+1", "mapping_unknown"))
    page = node.browser("siri").get("/kartlegging.csv")
    assert page.text.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(page.text.removeprefix("\ufeff")), delimiter=";"))
    assert rows[0][1:6] == ["Sted", "Bibliotek", "Finnes", "Ønskes", "Mangler"]
    assert rows[2][1:6] == [
        "Eidskog",
        "1",
        "kassering",
        "katalogisering og klassifikasjon",
        "katalogisering og klassifikasjon",
    ]
    assert rows[5][1] == "'=1+1"
    for person in ("Kari", "Jonas"):
        assert person not in page.text


def test_a_program_reads_it_with_the_sentences(node: Node) -> None:
    found = Program(node, "kari").get("/mapping").json
    assert found["places"][2]["sentence"] == "Ingen har sagt hva de kan ennå."
    assert found["places"][1]["missing"] == ["cataloguing"]


def test_a_conclusion_of_a_newer_release_says_nothing() -> None:
    assert conclusion_sentence(mapped("Grue", "mapping_better")) == ""
