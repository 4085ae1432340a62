"""Steps Gymnasium's environments for the bench. A request names "kind", "id", "numEnvs" and "ms"; times are per environment step. kind:
"single" (one env.step after the other, without the checker that make() adds), "sync" (SyncVectorEnv) or "vector" (the environment's own vector
version). Environments are made once; actions are drawn before the clock starts."""

import functools

from serve import need, repeated, serve

gymnasium, numpy = need("gymnasium", "numpy")

STEPS = 100  # between two looks at the clock


@functools.cache
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


def handle(request):
    run = worker(request["kind"], request["id"], request["numEnvs"])
    return repeated(run, request["ms"], STEPS * request["numEnvs"])


serve([gymnasium, numpy], handle)
