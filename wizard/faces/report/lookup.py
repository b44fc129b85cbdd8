"""A look-up as text for a terminal."""

from wizard.core.lookup import Lookup, Match
from wizard.core.words import fill
from wizard.faces.words import say
from wizard.world import World


def as_text(found: Lookup, world: World) -> str:
    """Return the answer to a look-up in the user's language."""
    if not found.matches:
        return "\n".join(_unknown(found, world))
    lines = _known(found.matches[0], world)
    if len(found.matches) > 1:
        lines += ["", say("also-shown", world.lang)]
        lines += [f"  {one.symptom.id}  {_title(one, world)}" for one in found.matches[1:]]
    cluster = found.matches[0].fields.get("cluster") or "NAME"
    return "\n".join([*lines, "", say("next-diagnose", world.lang, cluster=cluster)])


def _title(match: Match, world: World) -> str:
    title = fill(world.word(match.symptom.title), match.fields)
    return f"{title} {say('harmless', world.lang)}" if match.symptom.harmless else title


def _known(match: Match, world: World) -> list[str]:
    symptom, fields = match.symptom, match.fields
    lines = [_title(match, world), f"[{symptom.id}]  {match.excerpt}", ""]
    lines += [fill(world.word(symptom.explanation), fields).strip()]
    causes = [one for one in symptom.causes if one.cause in world.knowledge.data["causes"]]
    if causes:
        lines += ["", say("possible-causes", world.lang)]
    for number, one in enumerate(causes, 1):
        cause = world.knowledge.cause(one.cause)
        lines.append(f"  {number}. {fill(world.word(cause.title), fields)}  [{one.cause}]")
        lines.append(f"     {fill(world.word(one.ask), fields)}")
    lines += ["", say("by-hand", world.lang), fill(world.word(symptom.by_hand), fields).strip()]
    if fields:
        lines += ["", say("read-from-text", world.lang)]
        lines += [f"  {name}: {value}" for name, value in fields.items()]
    lines += ["", say("references", world.lang), *(f"  {one}" for one in symptom.references)]
    return lines


def _unknown(found: Lookup, world: World) -> list[str]:
    lines = [say("not-recognised", world.lang)]
    if found.read:
        lines.append(say("read-anyway", world.lang))
        lines += [f"  {name}: {value}" for name, value in found.read.items()]
    else:
        lines.append(say("nothing-read", world.lang))
    return [*lines, "", say("unknown-next", world.lang)]
