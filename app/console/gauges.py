"""The figures of `/metrics`, by name and label."""

from collections import defaultdict
from collections.abc import Mapping

from prometheus_client.parser import text_string_to_metric_families

from app.console.visit import Visit

Values = Mapping[str, float]


async def read(visit: Visit) -> Mapping[str, Values]:
    """The values of each metric by the one label that it has, `""` where it has none."""
    exposition = (await visit.api.send("GET", "/metrics")).text
    values: dict[str, dict[str, float]] = defaultdict(dict)
    for family in text_string_to_metric_families(exposition):
        for sample in family.samples:
            if len(sample.labels) <= 1:
                values[sample.name][next(iter(sample.labels.values()), "")] = sample.value
    return values
