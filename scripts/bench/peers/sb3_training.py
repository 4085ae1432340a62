"""A whole training with Stable-Baselines3's own PPO or A2C on CartPole, networks 2 x 64 tanh. A request holds the settings (peers-training.ts);
"prepare" asks for a single iteration, to warm up. Our value coefficient counts half the squared error, SB3's the whole."""

from serve import Clock, need, serve

torch, gymnasium, sb3, env_util = need("torch", "gymnasium", "stable_baselines3", "stable_baselines3.common.env_util")


def model_for(s):
    env = env_util.make_vec_env("CartPole-v1", n_envs=s["envs"], seed=s["seed"])
    rate = s["learningRate"]
    common = dict(
        seed=s["seed"],
        device="cpu",
        n_steps=s["rolloutSteps"],
        gamma=0.99,
        gae_lambda=s["lambda"],
        ent_coef=s["entropyCoefficient"],
        vf_coef=0.5 * s["valueCoefficient"],
        max_grad_norm=0.5,
        learning_rate=(lambda left: left * rate) if s["anneal"] else rate,
    )
    if s["algo"] == "a2c":  # RMSprop, its default
        return sb3.A2C("MlpPolicy", env, **common)
    ppo = dict(batch_size=s["minibatch"], n_epochs=s["epochs"], clip_range=0.2, clip_range_vf=s["valueClip"])
    return sb3.PPO("MlpPolicy", env, **common, **ppo)


def handle(settings):
    steps = settings["envs"] * settings["rolloutSteps"] if settings.get("prepare") else settings["steps"]
    model = model_for(settings)
    clock = Clock()
    model.learn(steps)
    times = clock.milliseconds(model.num_timesteps)
    returns = [episode["r"] for episode in model.ep_info_buffer]
    return {**times, "steps": model.num_timesteps, "meanReturn": sum(returns) / len(returns) if returns else None}


serve([sb3, torch, gymnasium], handle)
