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
from runtime.settings import NLU_DATA, load


def main() -> None:
    """Time each of COUNT utterances of the accuracy sets."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    count = int(sys.argv[1])
    texts = [line["text"] for line in read_sets(NLU_DATA / "eval")]
    from assistant.offline import open_understander

    understander = open_understander(load())
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
