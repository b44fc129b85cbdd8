"""The command palette: the answers of the step, and what can be done from everywhere."""

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, cast

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content
from textual.types import IgnoreReturnCallbackType

if TYPE_CHECKING:
    from wizard.faces.tui.frame import Frame


class StepCommands(Provider):
    """Offers only what makes sense now; never what writes, which is confirmed in plain sight."""

    def _offers(self) -> Iterator[tuple[str, IgnoreReturnCallbackType]]:
        app = cast("Frame", self.app)
        for number, option in enumerate(app.view.options):
            if option.enabled and not (app.view.danger and number == 0):
                yield option.label, partial(app.reply, app.view, option.key)
        yield app.say("back"), app.action_step_back
        yield app.say("help"), app.action_help
        yield app.say("copy"), app.action_copy
        yield app.say("language"), app.action_language

    async def discover(self) -> Hits:
        """Yield every offer."""
        for name, callback in self._offers():
            yield DiscoveryHit(Content(name), callback, text=name)

    async def search(self, query: str) -> Hits:
        """Yield the offers that match `query`. A label is never parsed as markup."""
        matcher = self.matcher(query)
        for name, callback in self._offers():
            score = matcher.match(name)
            if score > 0:
                yield Hit(score, Content(name), callback, text=name)
