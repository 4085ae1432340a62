"""Steps Gymnasium's environments for the bench. Each line on stdin is a request {"kind", "id", "numEnvs", "ms"}; the answer is a line
{"cpuMs", "wallMs"} per environment step. kind: "single" (one env.step after the other, without the checker that make() adds), "sync"
(SyncVectorEnv) or "vector" (the environment's own vector version). Environments are made once; actions are drawn before the clock starts."""

import json
import sys
import time

import gymnasium
import numpy

STEPS = 100  # between two looks at the clock
made = {}


def worker(kind, name, count):
    """A function that takes STEPS (vector) steps."""
    if kind == "single":
        env = gymnasium.make(name, disable_env_checker=True)
        env.action_space.seed(3)
        actions = [env.action_space.sample() for _ in range(STEPS)]

        def run():
            for action in actions:
                _, _, terminated, truncated, _ = env.step(action)
                if terminated or truncated:
                    env.reset()
    else:
        mode = "sync" if kind == "sync" else "vector_entry_point"
        env = gymnasium.make_vec(name, num_envs=count, vectorization_mode=mode)
        env.action_space.seed(3)
        actions = [env.action_space.sample() for _ in range(STEPS)]

        def run():
            for action in actions:
                env.step(action)

    env.reset(seed=1)
    run()
    return run


print(json.dumps({"gymnasium": gymnasium.__version__, "numpy": numpy.__version__, "python": sys.version.split()[0]}), flush=True)
for line in sys.stdin:
    request = json.loads(line)
    key = (request["kind"], request["id"], request["numEnvs"])
    if key not in made:
        made[key] = worker(*key)
    run = made[key]
    calls = 0
    cpu, wall = time.process_time(), time.perf_counter()
    while calls == 0 or (time.perf_counter() - wall) * 1000 < request["ms"]:
        run()
        calls += 1
    units = calls * STEPS * request["numEnvs"]
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    print(json.dumps({"cpuMs": 1000 * cpu / units, "wallMs": 1000 * wall / units}), flush=True)
