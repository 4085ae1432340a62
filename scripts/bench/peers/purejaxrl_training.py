"""A whole PPO training on CartPole in the manner of PureJaxRL: environments (gymnax), rollouts and updates in one compiled lax.scan. Written
anew from its description. A request holds the settings (peers-training.ts); "prepare" asks to compile it, and "compileMs" says how long that
took. As PureJaxRL does, a truncated episode counts as terminated."""

import functools
import time

from serve import Clock, need, serve

jax, optax, gymnax, numpy = need("jax", "optax", "gymnax", "numpy")
jnp = jax.numpy

GAMMA, RATIO_CLIP, MAX_NORM = 0.99, 0.2, 0.5


def mlp_init(key, outputs, last_gain):
    keys, sizes, gains = jax.random.split(key, 3), (4, 64, 64, outputs), (2**0.5, 2**0.5, last_gain)
    orthogonal = jax.nn.initializers.orthogonal
    return [(orthogonal(g)(k, (a, b)), jnp.zeros(b)) for k, a, b, g in zip(keys, sizes, sizes[1:], gains)]


def mlp(layers, x):
    for weights, bias in layers[:-1]:
        x = jnp.tanh(x @ weights + bias)
    weights, bias = layers[-1]
    return x @ weights + bias


def program(s, iterations):
    env, params = gymnax.make("CartPole-v1")
    envs_n, steps_n, epochs = s["envs"], s["rolloutSteps"], s["epochs"]
    batch = envs_n * steps_n
    minibatches = batch // s["minibatch"]
    reset = jax.vmap(env.reset, in_axes=(0, None))
    step = jax.vmap(env.step, in_axes=(0, 0, 0, None))
    rate = s["learningRate"]
    if s["anneal"]:
        schedule = lambda count: rate * (1 - (count // (minibatches * epochs)) / iterations)
    else:
        schedule = rate
    optimizer = optax.chain(optax.clip_by_global_norm(MAX_NORM), optax.adam(schedule, eps=1e-5))

    def loss_of(networks, rows):
        observations, action, old, before, advantage, ret = rows
        log_probs = jax.nn.log_softmax(mlp(networks["actor"], observations))
        taken = jnp.take_along_axis(log_probs, action[:, None], 1)[:, 0]
        ratio = jnp.exp(taken - old)
        advantage = (advantage - advantage.mean()) / (advantage.std() + 1e-8)
        policy = -jnp.minimum(ratio * advantage, jnp.clip(ratio, 1 - RATIO_CLIP, 1 + RATIO_CLIP) * advantage).mean()
        value = mlp(networks["critic"], observations)[:, 0]
        error = jnp.square(value - ret)
        if s["valueClip"] is not None:
            near = before + jnp.clip(value - before, -s["valueClip"], s["valueClip"])
            error = jnp.maximum(error, jnp.square(near - ret))
        entropy = -(jnp.exp(log_probs) * log_probs).sum(-1).mean()
        return policy + s["valueCoefficient"] * 0.5 * error.mean() - s["entropyCoefficient"] * entropy

    def act(carry, _):
        networks, state, observations, total, last, key = carry
        key, draw, move = jax.random.split(key, 3)
        logits = mlp(networks["actor"], observations)
        action = jax.random.categorical(draw, logits)
        taken = jnp.take_along_axis(jax.nn.log_softmax(logits), action[:, None], 1)[:, 0]
        value = mlp(networks["critic"], observations)[:, 0]
        following, state, reward, terminated, truncated, _ = step(jax.random.split(move, envs_n), state, action, params)
        done = jnp.logical_or(terminated, truncated)
        total = total + reward
        last = jnp.where(done, total, last)
        total = jnp.where(done, 0.0, total)
        seen = (observations, action, taken, value, reward, done, last)
        return (networks, state, following, total, last, key), seen

    def advantage_of(carry, seen):
        advantage, following = carry
        value, reward, done = seen
        delta = reward + GAMMA * following * (1 - done) - value
        advantage = delta + GAMMA * s["lambda"] * (1 - done) * advantage
        return (advantage, value), advantage

    def learn(carry, rows):
        networks, moments = carry
        changes, moments = optimizer.update(jax.grad(loss_of)(networks, rows), moments, networks)
        return (optax.apply_updates(networks, changes), moments), None

    def iterate(carry, _):
        networks, moments, world, key = carry
        key, acting = jax.random.split(key)
        (_, *world, _), seen = jax.lax.scan(act, (networks, *world, acting), None, steps_n)
        observations, action, taken, value, reward, done, last = seen
        final = mlp(networks["critic"], world[1])[:, 0]
        _, advantage = jax.lax.scan(advantage_of, (jnp.zeros(envs_n), final), (value, reward, done), reverse=True, unroll=16)
        rows = (observations, action, taken, value, advantage, advantage + value)
        rows = jax.tree.map(lambda x: x.reshape(batch, *x.shape[2:]), rows)

        def epoch(carry, key):
            order = jax.random.permutation(key, batch)
            shuffled = jax.tree.map(lambda x: x[order].reshape(minibatches, s["minibatch"], *x.shape[1:]), rows)
            return jax.lax.scan(learn, carry, shuffled)

        key, shuffling = jax.random.split(key)
        (networks, moments), _ = jax.lax.scan(epoch, (networks, moments), jax.random.split(shuffling, epochs))
        return (networks, moments, tuple(world), key), (last, done)

    def train(key):
        key, a, c, r = jax.random.split(key, 4)
        networks = {"actor": mlp_init(a, 2, 0.01), "critic": mlp_init(c, 1, 1.0)}
        observations, state = reset(jax.random.split(r, envs_n), params)
        world = (state, observations, jnp.zeros(envs_n), jnp.zeros(envs_n))
        carry, episodes = jax.lax.scan(iterate, (networks, optimizer.init(networks), world, key), None, iterations)
        return carry[0], episodes

    return train


@functools.cache
def compiled(settings):
    s = dict(settings)
    iterations = s["steps"] // (s["envs"] * s["rolloutSteps"])
    began = time.perf_counter()
    run = jax.jit(program(s, iterations)).lower(jax.random.PRNGKey(0)).compile()
    return run, 1000 * (time.perf_counter() - began)


def handle(settings):
    settings = dict(settings)
    prepare, seed, _ = settings.pop("prepare", False), settings.pop("seed"), settings.pop("ms", 0)
    run, compile_ms = compiled(tuple(sorted(settings.items())))
    if prepare:
        return {"cpuMs": 0, "wallMs": 0, "compileMs": compile_ms}
    clock = Clock()
    _, (last, done) = jax.block_until_ready(run(jax.random.PRNGKey(seed)))
    steps = settings["steps"] // (settings["envs"] * settings["rolloutSteps"]) * settings["envs"] * settings["rolloutSteps"]
    times = clock.milliseconds(steps)
    returns = numpy.asarray(last)[numpy.asarray(done)][-100:]
    return {**times, "steps": steps, "compileMs": compile_ms, "meanReturn": float(returns.mean()) if len(returns) else None}


serve([jax, optax, gymnax], handle)
