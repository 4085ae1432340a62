"""One PPO update in PyTorch on one minibatch: loss, gradient, clip of the global norm, Adam. A request names the network (inputs, hidden,
actions), the minibatch and the variant: "adam", "fused" (Adam in one kernel) or "compiled" (fused, and the loss through torch.compile)."""

import functools

from serve import need, repeated, serve

torch, numpy = need("torch", "numpy")
nn = torch.nn


def mlp(inputs, hidden, outputs):
    sizes = [inputs, *hidden]
    layers = [part for a, b in zip(sizes, sizes[1:]) for part in (nn.Linear(a, b), nn.Tanh())]
    return nn.Sequential(*layers, nn.Linear(sizes[-1], outputs))


def ppo_loss(actor, critic, observations, actions, old, advantages, returns):
    log_probs = torch.log_softmax(actor(observations), -1)
    taken = log_probs.gather(1, actions[:, None])[:, 0]
    entropy = -(log_probs.exp() * log_probs).sum(-1).mean()
    ratio = (taken - old).exp()
    advantages = (advantages - advantages.mean()) / (advantages.std() + 1e-8)
    policy = -torch.min(advantages * ratio, advantages * ratio.clamp(0.8, 1.2)).mean()
    value = 0.5 * ((critic(observations)[:, 0] - returns) ** 2).mean()
    return policy - 0.01 * entropy + 0.5 * value


@functools.cache
def update(inputs, hidden, actions, rows, variant):
    torch.manual_seed(1)
    draw = numpy.random.default_rng(1)
    actor, critic = mlp(inputs, hidden, actions), mlp(inputs, hidden, 1)
    parameters = [*actor.parameters(), *critic.parameters()]
    optimizer = torch.optim.Adam(parameters, lr=1e-6, eps=1e-5, fused=variant != "adam")
    normal = lambda *shape: torch.as_tensor(draw.standard_normal(shape, dtype="f"))
    batch = (normal(rows, inputs), torch.as_tensor(draw.integers(0, actions, rows)), 0.1 * normal(rows) - 0.69, normal(rows), normal(rows))
    loss = functools.partial(ppo_loss, actor, critic)
    loss = torch.compile(loss) if variant == "compiled" else loss

    def step():
        optimizer.zero_grad()
        loss(*batch).backward()
        nn.utils.clip_grad_norm_(parameters, 0.5)
        optimizer.step()

    step()
    return step


def handle(request):
    step = update(request["inputs"], tuple(request["hidden"]), request["actions"], request["minibatch"], request["variant"])
    return repeated(step, request["ms"])


serve([torch, numpy], handle)
