"""The decision tree as text: goals, symptoms, causes, fixes."""

from wizard.core.knowledge import Knowledge
from wizard.world import World


def as_text(world: World) -> str:
    """Return the whole tree in the user's language, one node a line."""
    knowledge = world.knowledge
    lines = [world.word(knowledge.guide.get("ask", {"en": "fargate-wizard"}))]
    for goal in ("push", "start", "exec"):
        lines += _goal(goal, knowledge, world)
    return "\n".join(lines)


def _goal(goal: str, knowledge: Knowledge, world: World) -> list[str]:
    titles = {one["goal"]: one["title"] for one in knowledge.guide.get("goals", ())}
    lines = [f"├─ {goal}: {world.word(titles.get(goal, {'en': goal}))}"]
    for key in knowledge.data["symptoms"]:
        symptom = knowledge.symptom(key)
        if symptom.goal != goal:
            continue
        lines.append(f"│  ├─ {key}: {world.word(symptom.title)}")
        for candidate in symptom.causes:
            if candidate.cause not in knowledge.data["causes"]:
                continue
            cause = knowledge.cause(candidate.cause)
            fixes = ", ".join(offer.fix for offer in cause.fixes)
            lines.append(f"│  │  ├─ {candidate.cause}: {world.word(cause.title)}")
            if fixes:
                lines.append(f"│  │  │  └─ {fixes}")
    return lines
