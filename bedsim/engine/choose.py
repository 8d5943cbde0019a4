"""Which engine: the fast one or the readable one, which give the same stays bit for bit.

Why: nobody should have to choose between speed and trust, so whoever simulates asks here and names an engine only to
compare. An engine is imported when it is first used: either takes a while.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    from bedsim.engine.stays import Stays
    from bedsim.patients.network import Network
    from bedsim.patients.population import Patients

Engine = Literal["compiled", "simpy"]
ENGINES: tuple[Engine, ...] = get_args(Engine)


def simulate(patients: Patients, network: Network, engine: Engine) -> Stays:
    """Return the stays of these patients in this network.

    Parameters
    ----------
    patients
        People and routes, as drawn.
    network
        Units, ladders and timetable.
    engine
        `compiled`, or `simpy`, which is the specification made readable and a hundred times slower.

    Returns
    -------
    Stays
        Every stage asked for; the same bits from either engine.
    """
    if engine == "compiled":
        from bedsim.engine.compiled import simulate as simulate_compiled

        return simulate_compiled(patients, network)
    from bedsim.engine.simpy_engine import simulate as simulate_simpy

    return simulate_simpy(patients, network)
