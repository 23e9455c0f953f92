"""A round too large to be dived as a whole is cut into pieces, and what crosses is found later."""

import json
from random import Random
from typing import Any

import numpy as np
import pytest
from instance_cast import random_instance

from bench.instances import country
from services.matching.domain.checker import violations
from services.matching.domain.instance import Instance
from services.matching.rounds.parts import alone, ground, guided
from services.matching.rounds.pieces import Pieces
from services.matching.rounds.possible import possible_days
from services.matching.rounds.reading import read_content
from services.matching.rounds.regions import map_of
from services.matching.rounds.solving import solve
from services.matching.rounds.worker import Relax, Relaxed


def made(document: dict[str, Any]) -> Instance:
    return read_content(json.dumps(document).encode()).instance


def test_a_part_is_cut_into_pieces_of_about_one_size_that_hold_nearly_all_of_its_days() -> None:
    on = ground(possible_days(made(country("XS", "same-person", 2))))
    country_ = map_of(on)
    part = int(country_.weight.argmax())
    here = country_.part == country_.part[part]
    piece, inside = country_.cut(int(country_.part[part]), 40)
    assert (piece[here] >= 0).mean() > 0.5
    assert (piece[~here] < 0).all()
    is_inside = (piece[on.day_home] == piece[on.day_host]) & (piece[on.day_home] >= 0)
    sizes = np.bincount(piece[on.day_home][is_inside])
    assert len(sizes[sizes > 0]) > 2
    assert sizes[sizes > 0].min() >= 40 * 0.25
    assert sizes.max() <= 40 * 2
    assert inside == pytest.approx(is_inside[here[on.day_home]].mean())
    assert inside > 0.6


def test_libraries_by_themselves_have_what_a_plan_leaves_and_cross_no_border() -> None:
    found = 0
    for seed in range(200):
        random = Random(seed)
        on = ground(possible_days(random_instance(random, same_person=seed % 2 == 0)))
        p = on.possible
        libraries = np.array([random.random() < 0.7 for _ in p.room], dtype=bool)
        used = guided(on, p.pair_worth.astype(float))
        part = alone(on, used, libraries)
        inside = libraries[on.day_home] & libraries[on.day_host]
        assert inside[part.days].all()
        here = guided(ground(part.round), part.round.pair_worth.astype(float))
        together = np.union1d(used[~inside[used]], part.days[here])
        assert on.keeps_rules(together)
        assert (part.pairs[part.round.day_pair] == p.day_pair[part.days]).all()
        found += len(here)
    assert found > 15


@pytest.mark.simulation
def test_a_round_in_pieces_keeps_every_rule_and_finds_nearly_all(monkeypatch: pytest.MonkeyPatch) -> None:
    instance = made(country("XS", "same-person", 2))
    whole = solve(instance, "days", 20.0)
    monkeypatch.setattr("services.matching.rounds.pieces.WHOLE_DIVE", 100)
    monkeypatch.setattr("services.matching.rounds.pieces.PIECE_DAYS", 40)
    monkeypatch.setattr("services.matching.rounds.proving.WHOLE_PART", -1)
    monkeypatch.setattr("services.matching.rounds.proving.SMALL_PART", -1)
    monkeypatch.setattr("services.matching.rounds.search.SMALL_PART", -1)
    relaxed, hear = [], Pieces.hear

    def count(pieces: Pieces, job: Relax, said: Relaxed) -> None:
        relaxed.append(job.libraries)
        hear(pieces, job, said)

    monkeypatch.setattr(Pieces, "hear", count)
    pieces = solve(instance, "days", 4.0)
    assert len(relaxed) > 1
    assert (np.sum(relaxed, axis=0) <= 1).all()
    assert violations(instance, pieces.plan) == []
    assert whole.status == "optimal"
    assert 0.97 * whole.days <= pieces.days <= whole.days <= pieces.bound
