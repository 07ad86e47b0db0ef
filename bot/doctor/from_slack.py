"""The rounds as the web process goes them: with little patience, and to the services by way of a worker."""

from functools import partial

from bot.doctor import errand
from bot.doctor.alerts import configured
from bot.doctor.rounds import Reach, rounds
from bot.wiring import House
from handlers.notes import DoctorReport

PATIENCE_S = 2.0
# The errand gives up by itself before, and says that no worker took it.
SERVICES_S = errand.WAIT_S + 1.0


async def examine(house: House) -> DoctorReport:
    """Raises nothing."""
    reach = Reach(
        slack=house.slack,
        redis=house.redis,
        registry=house.tools.registry,
        services=partial(errand.ask, house.redis, house.queue, house.tools),
        webhooks=configured(house.webhooks()),
        now=house.tools.now,
        patience_s=PATIENCE_S,
        services_patience_s=SERVICES_S,
        rotas=house.tools.rotas,
        people=house.tools.people,
        pages=house.links.url if house.links else "",
    )
    return await rounds(reach)
