"""How a Python peer talks with the bench: lines of JSON. First it says what it runs, {"ready": {package: version}}, or {"missing": package}
and ends. Then each line on stdin is a request, and the answer one line: times in milliseconds per unit of work, or {"error": message}."""

import importlib
import importlib.metadata
import json
import os
import platform
import resource
import sys
import time

THREADS = None if "--threads" not in sys.argv else int(sys.argv[sys.argv.index("--threads") + 1])


def need(*names):
    """The modules, or an end that says which one is missing. Call it before anything else imports them."""
    if "jax" in names and THREADS == 1:  # XLA reads these when it starts
        os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
        if hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    modules = []
    for name in names:
        try:
            modules.append(importlib.import_module(name))
        except ImportError as error:
            say({"missing": error.name or name})
            sys.exit(0)
    if "torch" in names and THREADS is not None:
        modules[names.index("torch")].set_num_threads(THREADS)
    return modules


def serve(modules, handle):
    """Answers requests with what `handle` makes of them until stdin ends. A request that fails is answered, and does not end the peer."""
    versions = {module.__name__: importlib.metadata.version(module.__name__) for module in modules}
    say({"ready": {**versions, "python": platform.python_version()}})
    for line in sys.stdin:
        try:
            say(handle(json.loads(line)))
        except Exception as error:  # the bench says it, whatever it is
            say({"error": f"{type(error).__name__}: {error}"})


def say(value):
    print(json.dumps(value), flush=True)


class Clock:
    """CPU and wall time since it was made."""

    def __init__(self):
        self.cpu, self.wall = time.process_time(), time.perf_counter()

    def milliseconds(self, units=1):
        cpu, wall = time.process_time() - self.cpu, time.perf_counter() - self.wall
        times = {"cpuMs": 1000 * cpu / units, "wallMs": 1000 * wall / units}
        return {**times, "processCpuMs": 1000 * time.process_time(), "peakMiB": peak_mib()}


def repeated(work, milliseconds, units=1):
    """Times per unit of `work`, called until about that much wall time is over."""
    clock, calls = Clock(), 0
    while calls == 0 or (time.perf_counter() - clock.wall) * 1000 < milliseconds:
        work()
        calls += 1
    return clock.milliseconds(calls * units)


def peak_mib():
    """The most memory that was resident so far."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 2**10
