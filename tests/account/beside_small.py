"""slawatch in small with a second account beside it, which works out every publishing the long way."""

from __future__ import annotations

from collections.abc import Mapping

from asked_store import WithoutCheckpoints
from small_slawatch import PARK, Small

from slawatch.account import Account
from slawatch.model import Event, Exclusion, Message, Observation
from slawatch.reporters.metrics import Metrics
from slawatch.reporters.metrics.series import Sample

#: What an account publishes begins so.
PUBLISHED = ("sla_", "page_load", "customer_up", "maintenance_")


class Beside(Small):
    """Both accounts see and are told the same. `steady`: how many publishings were steady; `others`: how many not."""

    steady = others = 0

    async def start(self) -> None:
        self.plain_metrics = Metrics()
        self.plain = Account(WithoutCheckpoints(self.store), self.clock, self.plain_metrics)  # type: ignore[arg-type]
        await self.plain.open({PARK: (self.agreed, self.declared)})
        self.observer = _Told(self.plain)
        await super().start()

    async def _configure(self) -> None:
        self.plain.configure({PARK: (self.agreed, self.declared)})
        self.plain_metrics.configure([self.terms])
        await super()._configure()

    async def declare(self, *declared: Exclusion) -> None:
        self.plain.declare(PARK, declared)
        await super().declare(*declared)

    async def publish(self) -> None:
        """Both accounts publish, and show the same: each gauge, counter and histogram, to the last digit."""
        await super().publish()
        if self.is_steady:
            self.steady += 1
        else:
            self.others += 1
        self.plain._pages[PARK].moving = None
        await self.plain.publish(everyone=True)
        assert shown(self.metrics) == shown(self.plain_metrics)


def shown(metrics: Metrics) -> dict[str, dict[str, Sample]]:
    """The series that an account publishes, by family and labels."""
    return {
        each.family.name: {sample.labels: sample.value for sample in each.samples}
        for each in metrics.snapshot()
        if each.family.name.startswith(PUBLISHED)
    }


class _Told:
    """Hands what was committed on to an account."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def on_look(self, observation: Observation) -> None:
        self._account.applied((observation,))

    def on_event(self, event: Event) -> None:
        """An account takes no notice."""

    def on_ready(self, addresses: Mapping[str, str]) -> None:
        """An account takes no notice."""

    def on_message(self, message: Message, delay_seconds: float | None) -> None:
        """An account takes no notice."""

    def on_notice(self, text: str) -> None:
        """An account takes no notice."""
