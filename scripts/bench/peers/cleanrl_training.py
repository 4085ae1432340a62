"""A whole PPO training on CartPole in the manner of CleanRL's single-file programs: PyTorch, Gymnasium's SyncVectorEnv, one function from top
to bottom, no framework. Written anew from its description; what it logs beside episode returns is left out. A request holds the settings
(peers-training.ts); "prepare" asks for a single iteration, to warm up. As CleanRL does, a truncated episode counts as terminated."""

from serve import Clock, need, serve

torch, gymnasium, numpy = need("torch", "gymnasium", "numpy")
nn = torch.nn
Categorical = torch.distributions.Categorical

GAMMA, RATIO_CLIP, MAX_NORM = 0.99, 0.2, 0.5


def layer(inputs, outputs, gain):
    linear = nn.Linear(inputs, outputs)
    nn.init.orthogonal_(linear.weight, gain)
    nn.init.zeros_(linear.bias)
    return linear


def mlp(inputs, outputs, last_gain):
    root2 = 2**0.5
    return nn.Sequential(layer(inputs, 64, root2), nn.Tanh(), layer(64, 64, root2), nn.Tanh(), layer(64, outputs, last_gain))


def train(s):
    envs_n, steps_n = s["envs"], s["rolloutSteps"]
    batch = envs_n * steps_n
    iterations = 1 if s.get("prepare") else s["steps"] // batch
    torch.manual_seed(s["seed"])
    shuffler = numpy.random.default_rng(s["seed"])
    make = lambda: gymnasium.wrappers.RecordEpisodeStatistics(gymnasium.make("CartPole-v1"))
    envs = gymnasium.vector.SyncVectorEnv([make] * envs_n, autoreset_mode=gymnasium.vector.AutoresetMode.SAME_STEP)
    actor, critic = mlp(4, 2, 0.01), mlp(4, 1, 1.0)
    parameters = [*actor.parameters(), *critic.parameters()]
    optimizer = torch.optim.Adam(parameters, lr=s["learningRate"], eps=1e-5)
    observations = torch.zeros(steps_n, envs_n, 4)
    actions, log_probs, rewards, dones, values = (torch.zeros(steps_n, envs_n) for _ in range(5))
    finished = []

    now, _ = envs.reset(seed=s["seed"])
    now, done = torch.as_tensor(now), torch.zeros(envs_n)
    for iteration in range(iterations):
        if s["anneal"]:
            optimizer.param_groups[0]["lr"] = s["learningRate"] * (1 - iteration / iterations)
        for t in range(steps_n):
            observations[t], dones[t] = now, done
            with torch.no_grad():
                policy = Categorical(logits=actor(now))
                action = policy.sample()
                actions[t], log_probs[t], values[t] = action, policy.log_prob(action), critic(now)[:, 0]
            now, reward, terminated, truncated, info = envs.step(action.numpy())
            rewards[t] = torch.as_tensor(reward)
            now, done = torch.as_tensor(now), torch.as_tensor(terminated | truncated, dtype=torch.float32)
            if "final_info" in info:
                ended = info["final_info"]
                finished += ended["episode"]["r"][ended["_episode"]].tolist()

        with torch.no_grad():
            next_value, carry = critic(now)[:, 0], torch.zeros(envs_n)
            advantages = torch.zeros_like(rewards)
            for t in reversed(range(steps_n)):
                goes_on = 1 - (done if t == steps_n - 1 else dones[t + 1])
                following = next_value if t == steps_n - 1 else values[t + 1]
                delta = rewards[t] + GAMMA * following * goes_on - values[t]
                advantages[t] = carry = delta + GAMMA * s["lambda"] * goes_on * carry
            returns = advantages + values

        flat = observations.reshape(batch, 4)
        taken, old, adv, ret, before = (x.reshape(batch) for x in (actions.long(), log_probs, advantages, returns, values))
        order = numpy.arange(batch)
        clipped = []
        for _ in range(s["epochs"]):
            shuffler.shuffle(order)
            for start in range(0, batch, s["minibatch"]):
                rows = order[start : start + s["minibatch"]]
                policy = Categorical(logits=actor(flat[rows]))
                change = policy.log_prob(taken[rows]) - old[rows]
                ratio = change.exp()
                with torch.no_grad():  # reported by such programs, so part of what they do
                    ((ratio - 1) - change).mean()
                    clipped.append(((ratio - 1).abs() > RATIO_CLIP).float().mean().item())
                a = adv[rows]
                a = (a - a.mean()) / (a.std() + 1e-8)
                policy_loss = torch.max(-a * ratio, -a * ratio.clamp(1 - RATIO_CLIP, 1 + RATIO_CLIP)).mean()
                value = critic(flat[rows])[:, 0]
                error = (value - ret[rows]) ** 2
                if s["valueClip"] is not None:
                    near = before[rows] + (value - before[rows]).clamp(-s["valueClip"], s["valueClip"])
                    error = torch.max(error, (near - ret[rows]) ** 2)
                loss = policy_loss - s["entropyCoefficient"] * policy.entropy().mean() + s["valueCoefficient"] * 0.5 * error.mean()
                optimizer.zero_grad()
                loss.backward()
                nn.utils.clip_grad_norm_(parameters, MAX_NORM)
                optimizer.step()
    return iterations * batch, finished[-100:]


def handle(settings):
    clock = Clock()
    steps, returns = train(settings)
    return {**clock.milliseconds(steps), "steps": steps, "meanReturn": sum(returns) / len(returns) if returns else None}


serve([torch, gymnasium, numpy], handle)
