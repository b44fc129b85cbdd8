"""The knowledge as a diagnosis uses it: by goal, with every cause made once."""

from collections.abc import Iterable
from functools import cached_property

from wizard.aws.reading import fact_names
from wizard.core.knowledge import Cause, Knowledge


class Catalogue(Knowledge):
    """Knowledge whose causes are made once, and cut down to goals once for each set of them."""

    @classmethod
    def of(cls, knowledge: Knowledge) -> "Catalogue":
        """Return `knowledge` as a catalogue."""
        return cls(knowledge.data, knowledge.problems)

    @cached_property
    def _causes(self) -> dict[str, Cause]:
        return {key: Knowledge.cause(self, key) for key in self.data["causes"]}

    @cached_property
    def _cuts(self) -> "dict[frozenset[str], Catalogue]":
        return {}

    @cached_property
    def facts(self) -> list[str]:
        """The names of the facts that its causes speak of."""
        return fact_names(self)

    def cause(self, key: str) -> Cause:
        """Return the cause with id `key`; KeyError if there is none."""
        return self._causes[key]

    def meant(self, goals: Iterable[str]) -> "Catalogue":
        """Return the part with the causes that matter for `goals`."""
        wanted = frozenset(goals)
        if wanted not in self._cuts:
            kept = {
                kind: {k: one for k, one in self.data[kind].items() if wanted & set(one["goals"])}
                for kind in ("causes", "notices")
            }
            self._cuts[wanted] = Catalogue({**self.data, **kept}, self.problems)
        return self._cuts[wanted]
