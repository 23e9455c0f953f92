"""A round as the search sees it, and what a worker answers to one job of it."""

import json
from typing import Any

from services.matching.rounds.circulation import DAYS, circulation
from services.matching.rounds.crew import Crew
from services.matching.rounds.parts import ground, without_names
from services.matching.rounds.possible import possible_days
from services.matching.rounds.prices import prices_of
from services.matching.rounds.reading import read_content
from services.matching.rounds.regions import map_of
from services.matching.rounds.standing import Standing
from services.matching.rounds.worker import NONE, Job, Said


def a_standing(document: dict[str, Any]) -> Standing:
    """The round of an instance, with no plan yet."""
    on = ground(possible_days(read_content(json.dumps(document).encode()).instance))
    network = circulation(on.possible, None, DAYS)
    return Standing(on, map_of(on), NONE, prices_of(network, network.solve()))


def answer_to(job: Job, standing: Standing) -> Said:
    """What a worker in a process of its own says at the end of the job."""
    with Crew(without_names(standing.on.possible), 1) as crew:
        worker = crew.idle()
        assert worker is not None
        worker.begin(job, 60.0)
        answer = crew.next(0.0, 60.0)
    assert answer is not None
    assert answer[2] is not None
    return answer[2]
