"""Who has the skills that a request names, by the instance's rule: all of them, or any."""

import numpy as np
from numpy.typing import NDArray

from services.matching.domain.instance import ANY_OF, Instance

Ints = NDArray[np.int64]


class Able:
    """Who has which skills."""

    def __init__(self, instance: Instance) -> None:
        self._any = instance.skills_rule == ANY_OF
        self._of = [frozenset(one.skills) for one in instance.colleagues]
        self._found: dict[tuple[str, ...], Ints] = {}
        by_skill: dict[str, list[int]] = {}
        for at, one in enumerate(instance.colleagues):
            for skill in one.skills:
                by_skill.setdefault(skill, []).append(at)
        self._by_skill = {skill: np.array(who, dtype=np.int64) for skill, who in by_skill.items()}

    def who(self, skills: tuple[str, ...]) -> Ints:
        """The colleagues who can do it, ascending; everybody, when nothing is asked for."""
        if not skills:
            return np.arange(len(self._of), dtype=np.int64)
        if skills in self._found:
            return self._found[skills]
        lists = [self._by_skill.get(skill, np.zeros(0, dtype=np.int64)) for skill in skills]
        count = np.bincount(np.concatenate(lists), minlength=len(self._of))
        found = self._found[skills] = np.flatnonzero(count >= (1 if self._any else len(set(skills))))
        return found

    def can(self, colleague: int, skills: tuple[str, ...]) -> bool:
        """Whether this colleague can do it."""
        asked = frozenset(skills)
        return not asked or (bool(asked & self._of[colleague]) if self._any else asked <= self._of[colleague])
