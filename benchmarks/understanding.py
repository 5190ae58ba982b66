"""How long understanding takes: the whole pipeline in this process, on one core.

Run as ``python -m benchmarks.understanding COUNT``, in a process of its own; prints JSON.
"""

from __future__ import annotations

import itertools
import json
import os
import resource
import sys
import time

from assistant.evaluation import read_sets
from benchmarks.figures import percentile
from installation.root import Installation
from runtime.settings import load


def main() -> None:
    """Time each of COUNT utterances of the accuracy sets."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    count = int(sys.argv[1])
    here = Installation(load())
    texts = [line["text"] for line in read_sets(here.settings.nlu_data_path / "eval")]
    from installation.core import understander as open_understander

    understander = open_understander(here)
    for text in texts[:20]:
        understander.understand(text)
    times = []
    for text in itertools.islice(itertools.cycle(texts), count):
        begin = time.perf_counter()
        understander.understand(text)
        times.append((time.perf_counter() - begin) * 1000)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"median": percentile(times, 0.5), "p95": percentile(times, 0.95), "peak_mb": peak}))


if __name__ == "__main__":
    main()
