"""The command palette: the answers of the step, and what can be done from everywhere."""

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, cast

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.types import IgnoreReturnCallbackType

if TYPE_CHECKING:
    from wizard.faces.tui.app import WizardApp


class StepCommands(Provider):
    """Offers only what makes sense now."""

    def _offers(self) -> Iterator[tuple[str, IgnoreReturnCallbackType]]:
        app = cast("WizardApp", self.app)
        for option in app.view.options:
            if option.enabled:
                yield f"answer: {option.label}", partial(app.reply, option.key)
        yield f"view: {app.say('back')}", app.action_step_back
        yield f"view: {app.say('help')}", app.action_help
        yield f"view: {app.say('copy')}", app.action_copy
        yield f"language: {app.say('language')}", app.action_language

    async def discover(self) -> Hits:
        """Yield every offer."""
        for name, callback in self._offers():
            yield DiscoveryHit(name, callback)

    async def search(self, query: str) -> Hits:
        """Yield the offers that match `query`."""
        matcher = self.matcher(query)
        for name, callback in self._offers():
            score = matcher.match(name)
            if score > 0:
                yield Hit(score, matcher.highlight(name), callback)
