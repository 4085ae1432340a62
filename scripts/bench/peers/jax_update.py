"""PPO updates in JAX, compiled: loss, gradient, clip of the global norm, Adam, 16 of them in one lax.scan, each on a minibatch of its own.
A request names the network (inputs, hidden, actions) and the minibatch. Times are per update."""

import functools

from serve import need, repeated, serve

jax, optax, numpy = need("jax", "optax", "numpy")
jnp = jax.numpy

UPDATES = 16
OPTIMIZER = optax.chain(optax.clip_by_global_norm(0.5), optax.adam(1e-6, eps=1e-5))


def mlp(layers, x):
    for weights, bias in layers[:-1]:
        x = jnp.tanh(x @ weights + bias)
    weights, bias = layers[-1]
    return x @ weights + bias


def ppo_loss(networks, batch):
    observations, actions, old, advantages, returns = batch
    log_probs = jax.nn.log_softmax(mlp(networks["actor"], observations))
    taken = jnp.take_along_axis(log_probs, actions[:, None], 1)[:, 0]
    entropy = -(jnp.exp(log_probs) * log_probs).sum(-1).mean()
    ratio = jnp.exp(taken - old)
    advantages = (advantages - advantages.mean()) / (advantages.std() + 1e-8)
    policy = -jnp.minimum(advantages * ratio, advantages * jnp.clip(ratio, 0.8, 1.2)).mean()
    value = 0.5 * jnp.square(mlp(networks["critic"], observations)[:, 0] - returns).mean()
    return policy - 0.01 * entropy + 0.5 * value


def step(carry, batch):
    networks, state = carry
    changes, state = OPTIMIZER.update(jax.grad(ppo_loss)(networks, batch), state, networks)
    return (optax.apply_updates(networks, changes), state), None


@functools.cache
def updates(inputs, hidden, actions, rows):
    draw = numpy.random.default_rng(1)
    normal = lambda *shape: draw.standard_normal(shape, dtype="f")

    def network(outputs):
        sizes = [inputs, *hidden, outputs]
        return [(jnp.asarray(normal(a, b) / a**0.5), jnp.zeros(b)) for a, b in zip(sizes, sizes[1:])]

    networks = {"actor": network(actions), "critic": network(1)}
    each = (UPDATES, rows)
    batches = (normal(*each, inputs), draw.integers(0, actions, each), 0.1 * normal(*each) - 0.69, normal(*each), normal(*each))
    batches = jax.tree.map(jnp.asarray, batches)
    scan = jax.jit(lambda carry, batches: jax.lax.scan(step, carry, batches)[0], donate_argnums=0)
    carry = [(networks, OPTIMIZER.init(networks))]

    def run():
        carry[0] = jax.block_until_ready(scan(carry[0], batches))

    run()
    return run


def handle(request):
    run = updates(request["inputs"], tuple(request["hidden"]), request["actions"], request["minibatch"])
    return repeated(run, request["ms"], UPDATES)


serve([jax, optax], handle)
