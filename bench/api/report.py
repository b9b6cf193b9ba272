"""The report: a table for readers, and JSON to be kept."""

import json
import os
import platform
import sys
from typing import Any

COLUMNS = {
    "row": 16,
    "tickets": 9,
    "server": 7,
    "rate": 9,
    "least": 9,
    "most": 9,
    "p50_ms": 8,
    "p99_ms": 8,
    "server_cpu_ms": 13,
    "database_cpu_ms": 15,
    "peak_mb": 7,
    "yardstick": 16,
    "yardstick_rate": 14,
    "ratio": 7,
    "times": 6,
    "wrong": 8,
}


def head() -> None:
    sys.stdout.write(" ".join(f"{name:>{width}}" for name, width in COLUMNS.items()) + "\n")


def line(row: dict[str, Any]) -> None:
    texts = (f"{shown(row.get(name)):>{width}}" for name, width in COLUMNS.items())
    sys.stdout.write(" ".join(texts) + "\n")
    if row["sample"]:
        sys.stdout.write(f"    wrong: {row['wrong']} {row['sample']}\n")
    sys.stdout.flush()


def shown(value: object) -> str:
    if isinstance(value, dict):
        return str(sum(value.values()))
    return "" if value is None else str(value)


def machine() -> dict[str, Any]:
    return {
        "system": platform.platform(),
        "processor": platform.machine(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
    }


def as_json(results: dict[str, Any]) -> str:
    return json.dumps(results, ensure_ascii=False, indent=1)
