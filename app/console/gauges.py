"""The figures of `/metrics`, by name and label."""

from collections import defaultdict
from collections.abc import Mapping

from prometheus_client.parser import text_string_to_metric_families

from app.console.visit import Visit

Values = Mapping[str, float]

LABEL = '="'
"""Once for each label of a sample: in a value, a quotation mark follows a backslash."""


async def read(visit: Visit) -> Mapping[str, Values]:
    """The values of each metric by the one label that it has, `""` where it has none. The many of
    several labels, as those of all requests, are not parsed."""
    exposition = (await visit.api.send("GET", "/metrics")).text
    lines = (line for line in exposition.splitlines() if line.count(LABEL) <= 1)
    values: dict[str, dict[str, float]] = defaultdict(dict)
    for family in text_string_to_metric_families("\n".join(lines)):
        for sample in family.samples:
            values[sample.name][next(iter(sample.labels.values()), "")] = sample.value
    return values
