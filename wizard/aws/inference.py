"""What a symptom proves of the network where the calls alone left it open."""

from collections.abc import Iterable
from dataclasses import replace

from wizard.aws.catalogue import Catalogue
from wizard.core.facts import Facts, Obstacle
from wizard.core.findings import CONFIRMED, Observed
from wizard.core.unread import Unread

_DNS_OFF = "network.endpoint-private-dns-off"
_ZONES = "route53:ListHostedZonesByVPC"


def inferred(knowledge: Catalogue, facts: Facts, symptoms: Iterable[Observed]) -> Facts:
    """Return `facts` with what `symptoms` prove of them.

    An endpoint without private DNS is of use only where a private hosted zone stands in for it.
    Where the zones could not be read, a task that failed on its way to that very service tells:
    nothing stood in (https://docs.aws.amazon.com/vpc/latest/privatelink/manage-dns-names.html).
    That holds only if nothing else is proven to be in the way.
    """
    obstacles = facts.get("obstacles")
    if not isinstance(obstacles, tuple):
        return facts
    failed = {
        symptom.stage
        for symptom in (knowledge.symptom(one.symptom) for one in symptoms)
        if any(one.cause == _DNS_OFF for one in symptom.causes)
    }
    failed -= {one.stage for one in obstacles if one.status == CONFIRMED}
    proven = {one.stage for one in obstacles if _hangs_on_zones(one) and one.stage in failed}
    if not proven:
        return facts
    return facts | {
        "obstacles": tuple(
            replace(one, status=CONFIRMED) if _hangs_on_zones(one) and one.stage in proven else one
            for one in obstacles
            if not (_is_of_any_cause(one) and one.stage in proven)
        )
    }


def _hangs_on_zones(one: Obstacle) -> bool:
    return one.cause == _DNS_OFF and isinstance(one.status, Unread) and one.status.call == _ZONES


def _is_of_any_cause(one: Obstacle) -> bool:
    """Whether it stands for a way that the zones alone left undecided."""
    return isinstance(one.cause, Unread) and one.cause.call == _ZONES
