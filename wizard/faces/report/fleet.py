"""The diagnoses of a whole cluster or region: a line for each service, then what is wrong, once."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from wizard.core.answer import Diagnosis, Verdict
from wizard.core.findings import CONFIRMED, SUSPECTED
from wizard.core.redact import redact
from wizard.core.words import fill
from wizard.faces.report.diagnosis import (
    BLIND,
    EMPTY,
    PROBLEM,
    STATE_CALLS,
    WELL,
    as_json,
    cell,
    markdown_verdict,
    say,
    state,
    verdict_lines,
)
from wizard.faces.report.joined import joined
from wizard.faces.wrap import cells, wrap
from wizard.world import World

_MARK = {PROBLEM: "✗", BLIND: "·", WELL: "✓", EMPTY: "–"}
_WIDEST_NAME, _NAMED, _HANGING = 44, 12, 2


@dataclass(frozen=True, slots=True)
class Cost:
    """What all of it cost."""

    calls: int
    round_trips: int
    elapsed_s: float


def all_json(found: Sequence[Diagnosis], cost: Cost, world: World) -> dict[str, Any]:
    """Return every diagnosis by cluster and name, and their sum."""
    states = Counter(map(state, found))
    return {
        "diagnoses": [as_json(one, world) for one in found if state(one) != EMPTY],
        "summary": {
            "services": sum(one.target.service is not None for one in found),
            "problems": states[PROBLEM],
            "unreadable": states[BLIND],
            "well": states[WELL],
            "empty_clusters": [one.target.cluster for one in found if state(one) == EMPTY],
        },
        "calls": cost.calls,
        "round_trips": cost.round_trips,
        "elapsed_s": round(cost.elapsed_s, 3),
    }


def all_text(found: Sequence[Diagnosis], cost: Cost, world: World) -> str:
    """Return the diagnoses for a terminal: the sum, a line for each, the broken ones first, then
    what is wrong, each cause of the same thing once."""
    if not found:
        return say("no-clusters", world)
    rows = list(_rows(found, world))
    width = min(max(cells(name) for _, name, _ in rows), _WIDEST_NAME)
    lines = [_sum(found, world), ""]
    lines += [f"{mark} {_padded(name, width)}  {told}".rstrip() for mark, name, told in rows]
    for group in _grouped(found):
        lines += ["", *_group_lines(group, world)]
    lines += ["", *_rest(found, cost, world)]
    return "\n".join(lines)


def all_markdown(found: Sequence[Diagnosis], cost: Cost, world: World) -> str:
    """Return the same as a report, redacted once more."""
    lines = [f"# {say('report-title', world)}", ""]
    if not found:
        return "\n".join([*lines, say("no-clusters", world), ""])
    lines += [cell(_sum(found, world)), ""]
    lines += [f"| | {say('target', world)} | {say('verdict', world)} |", "|---|---|---|"]
    lines += [
        f"| {mark} | {cell(name)} | {cell(told)} |" for mark, name, told in _rows(found, world)
    ]
    for verdict, services in _grouped(found):
        lines += [*markdown_verdict(verdict, world), "", cell(_services(services, world, None))]
    lines += ["", *(f"- {cell(line)}" for line in _rest(found, cost, world))]
    return redact("\n".join(lines).rstrip() + "\n")


def fitted(text: str, width: int) -> str:
    """Return `text` with its lines broken at `width` cells, what follows indented like the line."""
    lines: list[str] = []
    for line in text.split("\n"):
        indent = min(len(line) - len(line.lstrip()), width // 2)
        if cells(line) <= width:
            lines.append(line)
            continue
        first, *more = wrap(line[indent:], width - indent - _HANGING)
        lines.append(" " * indent + first)
        lines += [" " * (indent + _HANGING) + one for one in more]
    return "\n".join(lines)


def _sum(found: Sequence[Diagnosis], world: World) -> str:
    states = Counter(map(state, found))
    services = sum(one.target.service is not None for one in found)
    clusters = list(dict.fromkeys(str(one.target.cluster) for one in found if one.target.cluster))
    region = next((one.target.region for one in found if one.target.region), None)
    where = clusters[0] if len(clusters) == 1 else say("clusters", world, count=len(clusters))
    place = f"{where} ({region})" if clusters and region else region or where
    if not services:
        told = next((_told(one, state(one), world) for one in found if state(one) != EMPTY), None)
        return f"{place}: {told or say('no-services', world)}"
    broken = sum(one.target.service is not None and one.problem for one in found)
    sums = [say("broken" if broken else "none-broken", world, count=broken, of=services)]
    if states[BLIND]:
        sums.append(say("blind-count", world, count=states[BLIND]))
    return f"{place}: {say('comma', world).join(sums)}"


def _rows(found: Sequence[Diagnosis], world: World) -> Iterator[tuple[str, str, str]]:
    """Yield mark, name and what is told: the broken, then what could not be read, then the rest."""
    several = len({one.target.cluster for one in found}) > 1
    for wanted in (PROBLEM, BLIND, WELL, EMPTY):
        for one in found:
            if state(one) == wanted:
                proven = any(finding.status == CONFIRMED for finding in one.findings)
                mark = "?" if wanted == PROBLEM and not proven else _MARK[wanted]
                yield mark, _name(one, several), _told(one, wanted, world)


def _name(one: Diagnosis, several: bool) -> str:
    target = one.target
    parts = [target.cluster if several or not target.service else None, target.service]
    return "/".join(filter(None, parts)) or target.region or "AWS"


def _told(one: Diagnosis, wanted: str, world: World) -> str:
    if wanted == EMPTY:
        return say("no-services", world)
    if wanted == BLIND:
        failed = next(missing for missing in one.unread if missing.call in STATE_CALLS)
        return f"{say('unread', world)} {failed.call}: {failed.why}"
    if wanted == WELL:
        return ""
    titles = list(dict.fromkeys(_title(verdict, world) for verdict in _telling(one)))
    if not titles:
        symptom = world.knowledge.symptom(one.symptoms[0].symptom)
        return fill(world.word(symptom.title), one.symptoms[0].fields)
    more = f" (+{len(titles) - 1})" if len(titles) > 1 else ""
    return titles[0] + more


def _telling(one: Diagnosis) -> list[Verdict]:
    """The verdicts worth telling: what is proven, else what is suspected."""
    proven = [each for each in one.verdicts if each.finding.status == CONFIRMED]
    return proven or [each for each in one.verdicts if each.finding.status == SUSPECTED]


def _title(verdict: Verdict, world: World) -> str:
    cause = world.knowledge.cause(verdict.finding.cause)
    return fill(world.word(cause.title), verdict.finding.fields)


def _grouped(found: Iterable[Diagnosis]) -> list[tuple[Verdict, list[str]]]:
    """Return each cause with the same fields once, and whom it concerns; the widest first."""
    groups: dict[str, tuple[Verdict, list[str]]] = {}
    every = list(found)
    several = len({one.target.cluster for one in every}) > 1
    for one in (each for each in every if each.problem):
        for verdict in joined(_telling(one)):
            finding = verdict.finding
            key = f"{finding.cause} {finding.status} {finding.predicted} {finding.fields}"
            groups.setdefault(key, (verdict, []))[1].append(_name(one, several))
    return sorted(groups.values(), key=lambda group: (group[0].finding.predicted, -len(group[1])))


def _group_lines(group: tuple[Verdict, list[str]], world: World) -> Iterator[str]:
    verdict, services = group
    yield from (line.removeprefix("  ") for line in verdict_lines(verdict, world))
    yield f"    {_services(services, world, _NAMED)}"


def _services(names: list[str], world: World, most: int | None) -> str:
    named = list(dict.fromkeys(names))
    shown = named[:most]
    more = f" +{len(named) - len(shown)}" if len(shown) < len(named) else ""
    return f"{say('concerns', world, count=len(named))} {', '.join(shown)}{more}"


def _rest(found: Sequence[Diagnosis], cost: Cost, world: World) -> Iterator[str]:
    services = [one for one in found if one.target.service]
    if services:
        counts = sorted({len(one.checked) for one in services})
        span = str(counts[0]) if len(counts) == 1 else f"{counts[0]}–{counts[-1]}"
        yield say("checked-each", world, count=span)
    undecided = Counter(cause for one in services for cause in one.unchecked)
    if undecided:
        yield f"{say('unchecked', world)} {_counted(undecided, len(services))}"
    missing = Counter(f"{miss.call}: {miss.why}" for one in found for miss in one.unread)
    for call, count in sorted(missing.items()):
        yield f"{say('unread', world)} {call}" + (f" ×{count}" if count < len(found) else "")
    notices = Counter(notice.finding.cause for one in found for notice in one.notices)
    if notices:
        yield f"{say('notice', world)} {_counted(notices, len(services))}"
    if any(one.problem for one in services):
        yield say("look-closer", world)
    seconds = f"{cost.elapsed_s:.1f}"
    spent = say("cost", world, calls=cost.calls, trips=cost.round_trips, seconds=seconds)
    # Said once more where it is read: after a long list the first line has gone.
    whole = _sum(found, world) + say("aside", world, text=spent)
    yield whole if len(found) > 1 else spent


def _counted(names: Counter[str], every: int) -> str:
    return ", ".join(
        name if count == every else f"{name} ×{count}" for name, count in sorted(names.items())
    )


def _padded(text: str, width: int) -> str:
    return text + " " * (width - cells(text))
