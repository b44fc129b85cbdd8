"""`python -m tests.picture [en|ja] [FILE]`: the README's picture, taken of the real thing.

Starts the embedded AWS with the article's story, walks the screen to a cause found, and saves it.
"""

import asyncio
import os
import re
import sys
import tempfile
from pathlib import Path

from wizard.core.steps import Found
from wizard.faces.tui.app import WizardApp
from wizard.faces.tui.entry import PasteArea
from wizard.lab import Lab
from wizard.lab.story import PRIVATE_SERVICE, build
from wizard.stage import Stage, new_session
from wizard.world import World

ERROR = (
    "ResourceInitializationError: unable to pull secrets or registry auth: The task cannot pull "
    "registry auth from Amazon ECR: There is a connection issue between the task and Amazon ECR. "
    "Check your task network configuration. --cluster sample-cluster --service "
)
SEEN_S = 0.6


async def take(lang: str, file: Path) -> None:
    """Walk to the cause and save the picture to `file`."""
    world = World(lang)
    app = WizardApp(new_session(world), Stage(world), lang, lambda session: None)
    async with app.run_test(size=(100, 34)) as pilot:
        await pilot.pause()
        app.screen.query_one(PasteArea).insert(ERROR + PRIVATE_SERVICE)
        for key in ("enter", "1"):
            # A new screen takes no answer before it has been seen.
            await pilot.pause(SEEN_S)
            await pilot.press(key)
        while not isinstance(app.session.step, Found):
            await pilot.pause(SEEN_S)
        await pilot.pause(SEEN_S)
        picture = app.export_screenshot(title="fargate-wizard")
        file.parent.mkdir(exist_ok=True)
        # The reader's own monospaced font will do: nothing is fetched to show a picture.
        file.write_text(re.sub(r"@font-face \{.*?\}\s*", "", picture, flags=re.S), encoding="utf-8")


def main() -> None:
    """Take the picture on an embedded AWS of its own."""
    lang = sys.argv[1] if len(sys.argv) > 1 else "en"
    file = Path(sys.argv[2] if len(sys.argv) > 2 else "docs/session.svg")
    with tempfile.TemporaryDirectory() as state, Lab.start(speed=20) as lab:
        story = build(lab)
        os.environ.update(lab.env(story.admin) | {"FARGATE_WIZARD_STATE": state})
        asyncio.run(take(lang, file))


if __name__ == "__main__":
    main()
