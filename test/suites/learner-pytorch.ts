/** Equality with PyTorch, for any learner of perceptrons: losses, gradients, norms and three steps of Adam, from numbers written down. */
import { expect, test } from 'vitest'
import type { Hyperparameters, Learner, LearnerOptions } from '../../agents/learners/learner.js'
import { categorical } from '../../agents/networks/categorical.js'
import { gaussian } from '../../agents/networks/gaussian.js'
import { rolloutBuffer } from '../../agents/rollout/buffer.js'
import type { Rollout } from '../../agents/rollout/rollout.js'
import { createClip } from '../../src/clip/registry.js'
import { networkSchema, optimizerSchema } from '../../src/core/config/schema.js'
import { fixture } from '../support/fixtures.js'
import { parametersOf } from './learner.js'

type Make = (options: LearnerOptions) => Learner

export function pyTorchSuite(make: Make): void {
  test.each(cases.map((c) => [c.name, c] as const))('%s', async (_name, c) => {
    const { float32: want } = c.runs
    const learner = learnerOf(make, c)
    const rollout = rolloutOf(c)
    const rows = rollout.values.length
    expect(learner.values(rollout.observations, rows)).toBeAllClose(want.forward.value, 1e-5, 2e-6)

    for (const step of [1, 2, 3]) {
      const report = await learner.update(rollout, hyperOf(c))
      expect([report.gradient.normBefore]).toBeAllClose([want.grad_norms[step - 1]], 1e-5, 2e-6)
      expect([report.loss]).toBeAllClose([want.losses[step - 1]], 1e-5, 2e-6)
      if (step === 1) {
        const { policyLoss, valueLoss, entropy, approxKl, clipFraction } = report
        expect([policyLoss, valueLoss, entropy, approxKl, clipFraction]).toBeAllClose(
          [want.policy_loss, want.value_loss, want.entropy, want.approx_kl_k3, want.clipfrac],
          1e-5,
          2e-6,
        )
        expect(parametersOf(learner)).toBeAllClose(
          flat(learner, (name) => want.params_after_1[name]),
          0,
          2e-6,
        )
      }
    }
    expect(parametersOf(learner)).toBeAllClose(
      flat(learner, (name) => want.params_after_3[name]),
      0,
      2e-6,
    )
  })

  test.each(cases.map((c) => [c.name, c] as const))('the gradient itself: %s', async (_name, c) => {
    // One step of RMSprop with decay 0 and a huge ε is gradient · α/ε: with α = ε it is the gradient.
    const scale = 1e6
    const learner = learnerOf(make, c, {
      optimizer: optimizerSchema.parse({ name: 'rmsprop', decay: 0, epsilon: scale }),
      clip: createClip({ name: 'none' }),
    })
    const before = parametersOf(learner).slice()
    await learner.update(rolloutOf(c), { ...hyperOf(c), learningRate: scale })
    const moved = parametersOf(learner).map((value, i) => before[i]! - value)
    expect(moved).toBeAllClose(
      flat(learner, (name) => c.runs.float32.grads[name]),
      1e-5,
      2e-6,
    )
  })
}

// biome-ignore lint/suspicious/noExplicitAny: foreign data
const cases: any[] = fixture('nets').cases.filter((c: any) => !c.config.shared)

/** Their names for our parameters. */
const NAMES: Record<string, string> = {
  pi_0: 'actor/hidden-0',
  pi_1: 'actor/hidden-1',
  pi_out: 'actor/output',
  vf_0: 'critic/hidden-0',
  vf_1: 'critic/hidden-1',
  vf_out: 'critic/output',
  log_std: 'actor/log-std',
}
function learnerOf(make: Make, { config, weights }: (typeof cases)[number], changes: Partial<LearnerOptions> = {}): Learner {
  const { act_dim, activation, hidden, head, adam, max_grad_norm } = config
  const learner = make({
    observationSize: 4,
    distribution: head === 'gaussian' ? gaussian(act_dim) : categorical([act_dim]),
    network: networkSchema.parse({ hidden, activation }),
    optimizer: optimizerSchema.parse({ beta1: adam.betas[0], beta2: adam.betas[1], epsilon: adam.eps }),
    clip: createClip({ name: 'global-norm', tau: max_grad_norm }),
    seed: 1,
    ...changes,
  })
  const saved = learner.save()
  const parameters = flat(learner, (name) => weights[name].data)
  learner.load({ ...saved, arrays: { ...saved.arrays, 'network/parameters': parameters } })
  return learner
}

/** Values by their names as one array in our order. */
function flat({ layout }: Learner, value: (name: string) => number[]): Float32Array {
  const out = new Float32Array(layout.size)
  for (const { name, offset } of layout.slots) {
    const theirs = Object.entries(NAMES).find(([, our]) => name === our || name.startsWith(`${our}/`))![0]
    out.set(value(theirs === 'log_std' ? theirs : `${theirs}.${name.split('/').at(-1)}`), offset)
  }
  return out
}

function rolloutOf({ batch }: (typeof cases)[number]): Rollout {
  const rows = batch.obs.length
  const rollout = rolloutBuffer(rows, 1, 4, [batch.actions[0]].flat().length)
  rollout.observations.set(batch.obs.flat())
  rollout.actions.set(batch.actions.flat())
  rollout.logProbs.set(batch.old_logp)
  rollout.values.set(batch.old_values)
  rollout.advantages.set(batch.adv)
  rollout.returns.set(batch.returns)
  return rollout
}

const hyperOf = ({ config }: (typeof cases)[number]): Hyperparameters => ({
  objective: 'ppo',
  learningRate: config.adam.lr,
  epochs: 1,
  minibatchSize: 1000,
  ratioClip: config.clip,
  valueClip: config.clip,
  valueCoefficient: config.vf_coef,
  entropyCoefficient: config.ent_coef,
  normalizeAdvantages: config.normalize_adv,
  targetKl: null,
})
