/**
 * The events of a plausible CartPole run, made up by formula: returns rise from 20 to 500, the critic's gradients are larger than the actor's
 * and spike now and then, each τ follows its own course. For whole-frame tests and for looking at.
 */
import { drawing } from '../../envs/canvas/canvas.js'
import type { RunEvent } from '../../src/core/events.js'

const TOTAL = 100_000
const PER_UPDATE = 256

/** Events until `share` of the run is done; the whole run, with its end, for 1. */
export function* exampleRun(share = 1): Generator<RunEvent> {
  const random = uniform(7)
  const noise = (size: number) => Math.exp(size * (random() + random() + random() - 1.5))
  yield {
    kind: 'run-started',
    env: 'CartPole-v1',
    algo: 'ppo',
    seed: 1,
    totalSteps: TOTAL,
    numEnvs: 8,
    backend: 'wasm',
    clip: 'loss-feedback per network',
    parameters: 9155,
    vectorization: 'arrays: it is written as functions',
    solvedAt: 475,
    step: 0,
  }
  const recent: number[] = []
  const tau = { actor: 0.5, critic: 0.5 }
  let episode = 0
  let untilEnd = 20
  const updates = Math.ceil((share * TOTAL) / PER_UPDATE)
  for (let update = 1; update <= updates; update++) {
    const step = Math.min(TOTAL, update * PER_UPDATE)
    const progress = step / TOTAL
    for (untilEnd -= PER_UPDATE; untilEnd <= 0; ) {
      const skill = 1 / (1 + Math.exp(-12 * (progress - 0.33)))
      const length = Math.min(500, Math.round(9 + 14 * random() + 640 * skill * noise(0.5)))
      untilEnd += length
      recent.push(length)
      if (recent.length > 100) recent.shift()
      yield {
        kind: 'episode',
        step,
        episode: ++episode,
        env: episode % 8,
        return: length,
        length,
        end: length < 500 ? 'terminated' : 'truncated',
      }
    }
    const mean = recent.length > 0 ? recent.reduce((a, b) => a + b, 0) / recent.length : null
    tau.actor = clamp(tau.actor * noise(0.05) * (progress < 0.5 ? 1.004 : 0.994), 0.125, 2)
    tau.critic = clamp(tau.critic * noise(0.05) * (progress < 0.6 ? 1.006 : 0.995), 0.125, 2)
    const actor = 0.35 * noise(0.7) * (1 - 0.4 * progress)
    const critic = (0.4 + 14 * progress * Math.exp(-4 * progress)) * noise(0.9) * (update % 61 === 0 ? 12 : 1)
    const [actorAfter, criticAfter] = [Math.min(actor, tau.actor), Math.min(critic, tau.critic)]
    yield {
      kind: 'update',
      step,
      update,
      metrics: {
        'rollout/ep_rew_mean': mean,
        'rollout/ep_len_mean': mean,
        'rollout/episodes': episode,
        'time/total_timesteps': step,
        'time/iterations': update,
        'time/time_elapsed': step / 8123,
        'time/fps': 8123,
        'time/rollout_seconds': 0.0087,
        'time/update_seconds': 0.0228,
        'train/learning_rate': 0.001 * (1 - progress),
        'train/clip_range': 0.2 * (1 - progress),
        'train/ent_coef': 0,
        'train/loss': 12 * Math.exp(-3 * progress) * noise(0.8),
        'train/policy_gradient_loss': -0.01 * noise(0.8),
        'train/value_loss': 24 * Math.exp(-3 * progress) * noise(0.8),
        'train/entropy_loss': -0.69 + 0.35 * progress + 0.02 * random(),
        'train/approx_kl': 0.012 * noise(1),
        'train/clip_fraction': 0.14 * noise(0.6),
        'train/explained_variance': 1 - 1.2 * Math.exp(-5 * progress) * noise(0.3),
        'train/n_updates': update * 20,
        'grad/norm_pre': Math.hypot(actor, critic),
        'grad/norm_post': Math.hypot(actorAfter, criticAfter),
        'grad/tau': (tau.actor + tau.critic) / 2,
        'grad/clip_rate': ((actor > tau.actor ? 1 : 0.12) + (critic > tau.critic ? 1 : 0.3)) / 2,
        'grad/skipped': 0,
        'grad/group/actor/norm_pre': actor,
        'grad/group/actor/norm_post': actorAfter,
        'grad/group/actor/tau': tau.actor,
        'grad/group/actor/clip_rate': actor > tau.actor ? 1 : 0.12,
        'grad/group/critic/norm_pre': critic,
        'grad/group/critic/norm_post': criticAfter,
        'grad/group/critic/tau': tau.critic,
        'grad/group/critic/clip_rate': critic > tau.critic ? 1 : 0.3,
        ...layers('actor', actor, actorAfter),
        ...layers('critic', critic, criticAfter),
        'memory/tensors': 42,
        'memory/tensor_bytes': 118_000,
      },
    }
    yield { kind: 'preview', step, drawing: cartPole(0.6 * Math.sin(update / 9), 0.12 * Math.sin(update / 4)) }
    if (update % 78 === 0 || update === updates) yield evaluation(step, mean ?? 20, noise(0.05))
    if (update === 200) yield { kind: 'warning', step, message: 'τ of the critic reached its upper bound 2' }
  }
  if (share < 1) return
  yield {
    kind: 'run-ended',
    step: TOTAL,
    result: {
      status: 'done',
      steps: TOTAL,
      updates,
      episodes: episode,
      seconds: 12.31,
      stepsPerSecond: 8123,
      meanReturn100: 491.37,
      evalReturnMean: 500,
      evalReturnStd: 0,
      backend: 'wasm',
      clip: 'loss-feedback per network',
      seed: 1,
    },
  }
}

function evaluation(step: number, mean: number, factor: number): RunEvent {
  const value = Math.min(500, 1.15 * mean * factor)
  const metrics = { 'eval/mean_reward': value, 'eval/std_reward': 0.03 * (500 - value), 'eval/mean_ep_length': value }
  return { kind: 'evaluation', step, returns: new Array<number>(10).fill(value), lengths: new Array<number>(10).fill(value), metrics }
}

function layers(network: string, before: number, after: number): Record<string, number> {
  const metrics: Record<string, number> = {}
  for (const [layer, share, weights] of [
    ['hidden1', 0.5, 8.1],
    ['hidden2', 0.62, 11.3],
    ['output', 0.6, 0.9],
  ] as const) {
    metrics[`grad/layer/${network}/${layer}/norm_pre`] = share * before
    metrics[`grad/layer/${network}/${layer}/norm_post`] = share * after
    metrics[`grad/layer/${network}/${layer}/weight_norm`] = weights
  }
  return metrics
}

export const cartPole = (x: number, angle: number) =>
  drawing((canvas) => {
    canvas.view({ left: -2.4, right: 2.4, bottom: -0.5, top: 1.5 })
    canvas.line(-2.4, 0, 2.4, 0, 'ground')
    canvas.rectangle(x - 0.25, -0.12, 0.5, 0.24, 'body')
    canvas.polygon(
      [
        [x - 0.03, 0.12],
        [x + 0.03, 0.12],
        [x + 0.03 + Math.sin(angle), 0.12 + Math.cos(angle)],
        [x - 0.03 + Math.sin(angle), 0.12 + Math.cos(angle)],
      ],
      'accent',
    )
    canvas.circle(x, 0.12, 0.05, 'goal')
  })

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value))

/** mulberry32. */
function uniform(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
