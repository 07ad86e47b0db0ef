"""What holds over the whole of a bar, line or area chart: each series says one value for each category.

Slack refuses what does not (docs.slack.dev, data visualization block); single fields are in `limits.py`.
"""

from dataclasses import dataclass
from typing import Any

from bot.standin.shapes import Fields, Problems, Rule, complain


@dataclass(frozen=True)
class Plot:
    """`axis` is the rule of axis_config, `series` that of the list of series."""

    series: Rule
    axis: Rule

    def check(self, value: object, path: str, problems: Problems) -> None:
        wrong: Problems = []
        Fields({"series": self.series, "axis_config": self.axis}).check(value, path, wrong)
        if not wrong and isinstance(value, dict):  # what has not even its fields is not compared
            _agree(value, path, wrong)
        problems += wrong


def _agree(chart: dict[str, Any], path: str, problems: Problems) -> None:
    categories = chart["axis_config"]["categories"]
    if len(set(categories)) < len(categories):
        complain(problems, "categories must be unique", f"{path}/axis_config/categories")
    names = [series["name"] for series in chart["series"]]
    if len(set(names)) < len(names):
        complain(problems, "series names must be unique", f"{path}/series")
    for index, series in enumerate(chart["series"]):
        labels = [point["label"] for point in series["data"]]
        if sorted(labels) != sorted(categories):
            complain(problems, "labels must match the categories", f"{path}/series/{index}/data")
