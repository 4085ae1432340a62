"""Reads a run folder's event files with the real tensorboard package and compares them with metrics.jsonl.

    python3 -m venv /some/venv && /some/venv/bin/pip install tensorboard
    /some/venv/bin/python scripts/check-tensorboard.py runs/RUN
"""

import json
import struct
import sys
from pathlib import Path

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator


def float32(value):
    return struct.unpack("f", struct.pack("f", value))[0]


def expected(folder):
    """(tag, step) -> value for every metric that has a number."""
    table = {}
    for line in (folder / "metrics.jsonl").read_text().splitlines():
        row = json.loads(line)
        for tag, value in row.items():
            if "/" in tag and value is not None:
                table[tag, row["step"]] = float32(value)
    return table


def main():
    folder = Path(sys.argv[1])
    accumulator = EventAccumulator(str(folder), size_guidance={"scalars": 0})
    accumulator.Reload()
    found = {(tag, e.step): e.value for tag in accumulator.Tags()["scalars"] for e in accumulator.Scalars(tag)}
    want = expected(folder)
    wrong = [key for key in found.keys() | want.keys() if found.get(key) != want.get(key)]
    for key in sorted(wrong)[:10]:
        print(f"{key}: metrics.jsonl says {want.get(key)}, tensorboard reads {found.get(key)}")
    print(f"{len(want)} values, {len(wrong)} different")
    sys.exit(1 if wrong or not want else 0)


main()
