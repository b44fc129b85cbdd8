"""One diagnosis: read the facts, see the symptoms, judge the causes."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import wizard.aws.readers  # noqa: F401
from wizard.aws import verdicts
from wizard.aws.answers import Refused
from wizard.aws.calls import Calls, Made, is_local
from wizard.aws.catalogue import Catalogue
from wizard.aws.errors import AwsUnavailableError
from wizard.aws.inference import inferred
from wizard.aws.observe import observe
from wizard.aws.reading import ODD_SHAPE, Reading
from wizard.aws.sessions import credential_problem
from wizard.core.answer import Diagnosis
from wizard.core.facts import Bastion, Facts, Target
from wizard.core.findings import Observed

_FIRST = ("ecs", "sts", "ec2", "iam", "ecr", "logs")
"""Clients in the order in which they are needed."""


async def diagnose_one(
    calls: Calls,
    knowledge: Catalogue,
    target: Target,
    observed: Sequence[Observed] = (),
    given: dict[str, Any] | None = None,
) -> Diagnosis:
    """Return the diagnosis of one target; `given` are parts that are known already."""
    started = time.monotonic()
    calls.source.warm(_FIRST)
    goals = frozenset(knowledge.symptom(one.symptom).goal for one in observed)
    reading = Reading(calls, target, observed, {"observed-goals": goals, **(given or {})})
    possible = knowledge.meant(_possible_goals(target, goals))
    facts, live = await asyncio.gather(reading.facts(possible.facts), _seen(reading, knowledge))
    if isinstance(facts.get("bastion"), Bastion):
        away = _unreachable(calls)
        every = tuple(sorted({*away, *facts["bastion"].unreachable}))
        facts["bastion"] = replace(facts["bastion"], unreachable=every)
        if away:
            call = next(one.operation for one in calls.made.values() if _is_away(one))
            reading.note("bastion.unreachable", call, "unreachable", services=", ".join(away))
    seen = {one.symptom for one in observed}
    symptoms = (
        *observed,
        *(
            one
            for one in live
            if one.symptom not in seen and not knowledge.symptom(one.symptom).harmless
        ),
    )
    facts = inferred(knowledge, facts, symptoms)
    return _answer(reading, knowledge, facts, symptoms, await reading.part("goals"), started)


async def _seen(reading: Reading, knowledge: Catalogue) -> list[Observed]:
    """Return what fails now; of an answer of an odd shape the facts tell that it was one."""
    try:
        return await observe(reading, knowledge)
    except ODD_SHAPE as error:
        reading.faults.append(error)
        return []


def _is_away(one: Made) -> bool:
    return isinstance(one.outcome, Refused) and one.outcome.code == "unreachable"


_NAMES = {"ecr": "ecr.api"}
"""Endpoints that are called otherwise than their service."""


_ASIDE = "route53"
"""Services that only a diagnosis asks: nobody's bastion needs a way to them."""


def _unreachable(calls: Calls) -> tuple[str, ...]:
    """Return the services of AWS that this machine found no way to."""
    found = {
        _NAMES.get(one.operation.partition(":")[0], one.operation.partition(":")[0])
        for one in calls.made.values()
        if _is_away(one) and not one.operation.startswith(_ASIDE)
    }
    return tuple(sorted(found))


def _possible_goals(target: Target, observed: frozenset[str]) -> set[str]:
    """Return the goals that may turn out to be meant, before anything is read."""
    if target.goal == "push":
        return {"push"}
    pushes = target.goal == "all" and ("push" in observed or target.repository)
    return {"start", "exec", *(("push",) if pushes else ())}


def _answer(
    reading: Reading,
    knowledge: Catalogue,
    facts: Facts,
    symptoms: Sequence[Observed],
    goals: frozenset[str],
    started: float,
) -> Diagnosis:
    calls, asked = reading.calls, reading.target
    found = verdicts.findings(knowledge, facts, symptoms, goals, asked.goal)
    every = verdicts.judged(knowledge.meant(goals), facts)
    done, undone = verdicts.checked(every)
    target = facts.get("target", asked)
    return Diagnosis(
        target=target if isinstance(target, Target) else asked,
        symptoms=tuple(symptoms),
        verdicts=tuple(
            verdicts.verdict(knowledge.cause(one.cause), one, reading.notes) for one in found
        ),
        notices=verdicts.notices(
            knowledge.meant(goals if asked.goal == "all" else {asked.goal}), facts, reading.notes
        ),
        unread=verdicts.unread(calls.made.values(), every),
        checked=done,
        unchecked=undone,
        calls=calls.count,
        round_trips=calls.round_trips,
        elapsed_s=round(time.monotonic() - started, 3),
        facts=facts,
    )


def raise_if_unavailable(calls: Calls, result: object) -> None:
    """Raise AwsUnavailableError where no call at all was answered, for one and the same reason."""
    outcomes = [one.outcome for one in calls.made.values() if not is_local(one.operation)]
    refused = [one for one in outcomes if isinstance(one, Refused)]
    if not outcomes or len(refused) < len(outcomes):
        return
    told = result if isinstance(result, Diagnosis) else None
    for one in refused:
        kind = credential_problem(one.code)
        if kind:
            raise AwsUnavailableError(kind, f"AWS refuses the credentials: {one.message}", told)
    if all(one.code in ("unreachable", "timeout", "unavailable") for one in refused):
        raise AwsUnavailableError(
            "unreachable", f"AWS cannot be reached: {refused[0].message}", told
        )
