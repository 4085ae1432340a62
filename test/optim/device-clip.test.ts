/** Clipping on the device: the same numbers as on the host, no reads in a step, and steps that are not finite undone by masks. */
import * as tf from '@tensorflow/tfjs-core'
import '@tensorflow/tfjs-core/dist/register_all_gradients.js'
import '@tensorflow/tfjs-backend-cpu'
import { beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { type Clip, clipOf, type LegalWords } from '../../src/clip/clip.js'
import { legalRows } from '../../src/clip/legal.js'
import { createClip } from '../../src/clip/registry.js'
import type { ClipConfig } from '../../src/core/config/schema.js'
import { stream } from '../../src/core/random.js'
import { ClippedOptimizer } from '../../src/optim/clipped-optimizer.js'
import { hostOnly } from '../../src/optim/device-pass.js'
import { tfAdam, tfAdamW, tfRmsprop, tfSgd } from '../../src/optim/tf-optimizers.js'
import { type WithClippingOptions, withClipping } from '../../src/optim/with-clipping.js'

const SHAPES: Readonly<Record<string, number[]>> = {
  'actor/0/kernel': [3, 4],
  'actor/0/bias': [4],
  'actor/1/kernel': [2, 2, 3],
  'critic/0/kernel': [4, 1],
  'critic/0/scale': [],
}
const NAMES = Object.keys(SHAPES)

let variables: Record<string, tf.Variable> = {}

beforeAll(async () => {
  await tf.setBackend('cpu')
})

beforeEach(() => {
  tf.disposeVariables()
  variables = made()
  return () => tf.disposeVariables()
})

function made(): Record<string, tf.Variable> {
  const random = stream(1, 'weights')
  return Object.fromEntries(
    NAMES.map((name) => {
      const size = SHAPES[name]!.reduce((n, d) => n * d, 1)
      const values = Float32Array.from({ length: size }, () => random.normal())
      return [name, tf.variable(tf.tensor(values, SHAPES[name]), true, name)]
    }),
  )
}

/** Gradients of step t; now and then large, and one that is missing. */
function gradientsOf(t: number, scale = 1): tf.NamedTensorMap {
  const random = stream(t, 'gradients')
  const size = scale * (t % 5 === 3 ? 20 : 1)
  const all = NAMES.map((name) => {
    const count = SHAPES[name]!.reduce((n, d) => n * d, 1)
    return [
      name,
      tf.tensor(
        Float32Array.from({ length: count }, () => size * random.normal()),
        SHAPES[name],
      ),
    ] as const
  })
  return Object.fromEntries(all.filter(([name]) => !(t % 4 === 2 && name === 'actor/0/bias')))
}

const reset = () => {
  for (const variable of Object.values(variables)) variable.dispose()
  variables = made()
}
const weights = (): number[] => Object.values(variables).flatMap((variable) => [...variable.dataSync()])
/** Long enough for what was read to arrive. */
async function turn(): Promise<void> {
  for (let i = 0; i < 8; i++) await Promise.resolve()
}

/** Every variable has a place in the list, as `minimize` gives them. */
function apply(optimizer: tf.Optimizer, gradients: tf.NamedTensorMap): void {
  optimizer.applyGradients(NAMES.map((name) => ({ name, tensor: gradients[name]! })))
  tf.dispose(gradients)
}

async function course(clip: Clip | readonly Clip[], options: WithClippingOptions, steps = 6) {
  reset()
  const optimizer = new ClippedOptimizer(tfSgd(0.3), clip, options)
  const reports: unknown[] = []
  for (let t = 0; t < steps; t++) {
    apply(optimizer, gradientsOf(t))
    await turn() // what a rule remembers arrives between two steps
    if (t % 3 === 2) optimizer.reportSignal(Array.isArray(clip) ? 'loss' : ((clip as Clip).rule.listensTo ?? 'loss'), Math.sin(t))
    const { groups, ...rest } = (await optimizer.report())!
    reports.push({ ...rest, groups: groups.map((group) => ({ ...group })) })
  }
  const result = { weights: weights(), reports, explained: optimizer.explain() }
  optimizer.dispose()
  return result
}

const ROWS = legalRows().flatMap(({ configs, words }) => configs.map((config) => [config, words] as const))

/** What a device can do: all of it for the plainest rules, every fifth of the combinations for each of the others. */
const WHOLE: readonly string[] = ['fixed', 'relative-to-weights']
const tried = (config: ClipConfig, words: readonly LegalWords[]): Clip[] =>
  possible(config, words).filter((_, i) => WHOLE.includes(config.name) || (i + config.name.length) % 5 === 0)
const possible = (config: ClipConfig, words: readonly LegalWords[]): Clip[] =>
  words.map((one) => clipOf(createClip(config).rule, one)).filter((clip) => hostOnly(clip) === null)

describe('the same numbers as on the host', () => {
  test.each(
    ROWS.filter(([config, words]) => possible(config, words).length > 0).map(
      ([config, words]) => [JSON.stringify(config), tried(config, words)] as const,
    ),
  )('%s in every combination that a device can do', async (_name, clips) => {
    for (const clip of clips) {
      const [host, device] = [await course(clip, { where: 'host' }), await course(clip, { where: 'device' })]
      const said = `${clip.of} per ${clip.per}, ${clip.shape}`
      try {
        expect(device.weights).toBeAllClose(host.weights, 1e-5, 1e-5)
      } catch (error) {
        throw new Error(`${said}: ${(error as Error).message}`, { cause: error })
      }
      for (const [t, report] of device.reports.entries()) expectAlike(report, host.reports[t], `${said}, step ${t}`)
    }
  })

  test('every rule but those that work with more than norms is among them', () => {
    const left = new Set(ROWS.filter(([config, words]) => possible(config, words).length === 0).map(([{ name }]) => name))
    expect([...left].sort()).toEqual(['alrc', 'clippy', 'spam', 'stable-adamw'])
  })

  test('plans of several clips, on parameters of their own', async () => {
    const plan = [
      createClip({ name: 'agc' }),
      createClip({ name: 'value', tau: 0.5, only: 'actor/*' }),
      createClip({ name: 'global-norm', floor: 0.01, warmupSteps: 2, warmupTau: 0.1 }),
    ]
    const [host, device] = [await course(plan, { where: 'host' }), await course(plan, { where: 'device' })]
    expect(device.weights).toBeAllClose(host.weights, 1e-5, 1e-5)
    for (const [t, report] of device.reports.entries()) expectAlike(report, host.reports[t], `step ${t}`)
  })

  test('limits around a share of the weights hold there too', async () => {
    for (const limits of [{ floor: 0.5 }, { ceiling: 0.001 }, { warmupSteps: 3, warmupTau: 0.7 }, { warmupSteps: 3 }]) {
      const clip = createClip({ name: 'agc', lambda: 0.1, ...limits })
      expect((await course(clip, { where: 'device' })).weights).toBeAllClose((await course(clip, { where: 'host' })).weights, 1e-5, 1e-5)
    }
  })

  test('a gradient under its limit keeps its bits', async () => {
    const clip = createClip({ name: 'norm', tau: 1e6 })
    expect((await course(clip, { where: 'device' })).weights).toEqual(
      (await course(createClip({ name: 'none' }), { where: 'host' })).weights,
    )
  })

  test('loss feedback by minimize: the mean loss of each update is heard', () => {
    const run = (where: 'host' | 'device') => {
      reset()
      const optimizer = withClipping(tfSgd(0.01), 'loss-feedback:warmup=0', { where, feedbackEvery: 4 })
      const list = Object.values(variables)
      for (let t = 0; t < 30; t++)
        optimizer.minimize(
          () => tf.tidy(() => tf.mul(tf.addN(list.map((v) => tf.sum(tf.square(v)))), 1 + (t % 7)) as tf.Scalar),
          false,
          list,
        )
      return { weights: weights(), taus: optimizer.lastReport!.groups.map(({ tau }) => tau) }
    }
    const [host, device] = [run('host'), run('device')]
    expect(device.weights).toBeAllClose(host.weights, 1e-5)
    expect(device.taus).toBeAllClose(host.taus, 1e-6)
    expect(device.taus[0]).not.toBe(0.5)
  })
})

function expectAlike(a: unknown, b: unknown, where: string): void {
  if (typeof b === 'number') {
    if (Number.isNaN(b) || b === Number.POSITIVE_INFINITY) expect(a, where).toBe(b)
    else if (Math.abs((a as number) - b) > 1e-5 * Math.abs(b) + 1e-6) throw new Error(`${where}: expected ${b}, got ${a}`)
  } else if (typeof b === 'object' && b !== null)
    for (const key of Object.keys(b))
      expectAlike((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key], `${where}/${key}`)
  else expect(a, where).toBe(b)
}

/** Counts reads that wait while `work` runs. */
async function reads(work: () => void | Promise<void>): Promise<number> {
  const spy = vi.spyOn(tf.engine(), 'readSync') // kernels of the cpu backend read by another way
  await work()
  const { length } = spy.mock.calls
  spy.mockRestore()
  return length
}

function trainer(clip: string, options: WithClippingOptions = { where: 'device' }) {
  const optimizer = withClipping(tfAdam(0.01), clip, options)
  const list = Object.values(variables)
  const step = () => void optimizer.minimize(() => tf.tidy(() => tf.addN(list.map((v) => tf.sum(tf.square(v)))) as tf.Scalar), false, list)
  step()
  return { optimizer, step }
}

describe('reads', () => {
  test.each([
    'none',
    'global-norm',
    'value',
    'norm:per=unit',
    'agc',
    'schedule',
    'learning-rate:c=100',
    'loss-feedback',
    'loss-feedback:signal=return',
    'agc+global-norm',
  ])('%s: none in a step, also not of the loss', async (clip) => {
    const { optimizer, step } = trainer(clip)
    const found = await reads(() => {
      for (let t = 0; t < 40; t++) step()
    })
    expect(found).toBe(0)
    expect(await reads(() => void optimizer.lastReport)).toBe(1)
    expect(await reads(async () => void (await optimizer.report()))).toBe(0)
  })

  test.each(['quantile', 'percentile:counts=previous', 'mean-std:over=history'])(
    '%s depends on earlier gradients: none where the program waits now and then',
    async (clip) => {
      const { step } = trainer(clip)
      const found = await reads(async () => {
        for (let t = 0; t < 20; t++) {
          step()
          await turn()
        }
      })
      expect(found).toBe(0)
    },
  )

  test.each(['zclip', 'autoclip', 'adagc', 'auto', 'value:per=unit+percentile'])(
    '%s looks at the norms at hand: one small read a step',
    async (clip) => {
      const { step } = trainer(clip)
      const sizes: number[] = []
      const engine = tf.engine()
      const original = engine.readSync.bind(engine)
      const spy = vi.spyOn(engine, 'readSync').mockImplementation((id) => {
        const values = original(id)
        sizes.push((values as Float32Array).length)
        return values
      })
      for (let t = 0; t < 10; t++) step()
      spy.mockRestore()
      expect(sizes).toHaveLength(10)
      expect(Math.max(...sizes)).toBeLessThanOrEqual(4 * NAMES.length)
    },
  )

  test('the host path reads every gradient', async () => {
    const { step } = trainer('global-norm', { where: 'host' })
    expect(await reads(step)).toBe(NAMES.length)
  })

  test('a signal of the loss is read once per update', async () => {
    const { step } = trainer('loss-feedback', { where: 'device', feedbackEvery: 5 })
    const found = await reads(() => {
      for (let t = 0; t < 20; t++) step()
    })
    expect(found).toBe(4)
  })

  test('auto stays on the host of a backend that is one', async () => {
    const { step } = trainer('global-norm', {})
    expect(await reads(step)).toBe(NAMES.length)
  })

  test('somebody who observes the gradients has them read', async () => {
    const { optimizer, step } = trainer('global-norm')
    const heard: number[] = []
    const end = optimizer.observe(({ model }) => heard.push(model.normBefore))
    expect(await reads(step)).toBeGreaterThan(0)
    end()
    expect(heard).toHaveLength(1)
    step() // asks what it missed
    expect(await reads(step)).toBe(0)
  })
})

test.each(['global-norm', 'value', 'agc', 'norm:per=unit', 'loss-feedback', 'quantile', 'zclip', 'agc+value:only=actor/*', 'mean-std'])(
  '%s: as many tensors after a hundred steps as after ten',
  async (clip) => {
    const before = tf.memory().numTensors
    const { optimizer, step } = trainer(clip, { where: 'device', feedbackEvery: 7 })
    const run = async (steps: number) => {
      for (let t = 0; t < steps; t++) step()
      await turn()
      await optimizer.report()
      return tf.memory().numTensors
    }
    const ten = await run(12)
    expect(await run(91)).toBe(ten)
    optimizer.dispose()
    expect(tf.memory().numTensors).toBe(before)
  },
)

describe('a gradient that is not finite', () => {
  const OPTIMIZERS: Record<string, () => tf.Optimizer> = {
    'tf.train.adam': () => tf.train.adam(0.1),
    'tf.train.sgd': () => tf.train.sgd(0.1),
    'tf.train.momentum': () => tf.train.momentum(0.1, 0.9),
    'tf.train.rmsprop': () => tf.train.rmsprop(0.1),
    'tf.train.adagrad': () => tf.train.adagrad(0.1),
    'tf.train.adadelta': () => tf.train.adadelta(0.1),
    'tf.train.adamax': () => tf.train.adamax(0.1),
    tfAdam: () => tfAdam(0.1, { amsgrad: true }),
    tfAdamW: () => tfAdamW(0.1),
    tfRmsprop: () => tfRmsprop(0.1, { centered: true, momentum: 0.9 }),
    tfSgd: () => tfSgd(0.1, { momentum: 0.9, weightDecay: 0.1 }),
  }
  const poisoned = (t: number, value: number): tf.NamedTensorMap => {
    const gradients = gradientsOf(t)
    const old = gradients['critic/0/kernel']!
    gradients['critic/0/kernel'] = tf.tensor([1, value, 2, 3], [4, 1])
    old.dispose()
    return gradients
  }

  describe.each(Object.keys(OPTIMIZERS))('%s', (name) => {
    test.each([Number.NaN, Number.POSITIVE_INFINITY, 1e30])(
      'of %s leaves weights and moments alone, at the first step and later',
      async (value) => {
        const runs: unknown[] = []
        for (const steps of [
          [0, 1, 2, 3, 4],
          [-1, 0, 1, -1, -1, 2, 3, 4],
        ]) {
          reset()
          const optimizer = withClipping(OPTIMIZERS[name]!(), 'global-norm', { where: 'device' })
          for (const t of steps) {
            const before = weights()
            apply(optimizer, t < 0 ? poisoned(1, value) : gradientsOf(t))
            if (t >= 0) continue
            expect(weights()).toEqual(before)
            expect((await optimizer.report())!.skipped).toBe(true) // and the counters are right again
          }
          expect(optimizer.skipped).toBe(steps.filter((t) => t < 0).length)
          runs.push({ weights: weights(), iterations: optimizer.iterations })
        }
        expect(runs[1]).toEqual(runs[0])
      },
    )
  })

  test('nor do the histories of rules see it', async () => {
    for (const name of ['quantile', 'zclip', 'percentile', 'loss-feedback:anchor=10']) {
      const optimizer = withClipping(tfSgd(0.1), name, { where: 'device' })
      for (const t of [0, 1, 2]) apply(optimizer, gradientsOf(t))
      await turn()
      const states = async () => ((await optimizer.getWeights()).at(-1)!.tensor.dataSync() as unknown as string[])[0]!
      const clipper = async () => JSON.stringify(JSON.parse(await states()).clipper)
      const before = await clipper()
      apply(optimizer, poisoned(3, Number.NaN))
      await turn()
      expect(await clipper()).toBe(before)
    }
  })

  test('ends the run after more than maxSkips in a row, once the host knows', async () => {
    const optimizer = withClipping(tfAdam(0.1), 'global-norm', { where: 'device', maxSkips: 3 })
    for (let t = 0; t < 4; t++) apply(optimizer, poisoned(t, Number.NaN))
    await optimizer.report()
    expect(() => apply(optimizer, gradientsOf(1))).toThrow('4 gradients in a row were not finite')
    apply(optimizer, gradientsOf(1)) // those who go on may
    expect((await optimizer.report())!.skipped).toBe(false)
  })

  test('is noticed without asking, also in a loop that never waits', () => {
    const optimizer = withClipping(tfAdam(0.1), 'global-norm', { where: 'device' })
    expect(() => {
      for (let t = 0; t < 400; t++) apply(optimizer, poisoned(t, Number.NaN))
    }).toThrow('gradients in a row were not finite')
  })
})

describe('a run that is saved', () => {
  test('goes on where it was, and on the device', async () => {
    const whole = await resumed(null)
    expect(await resumed(7)).toEqual(whole)
  })

  async function resumed(cut: number | null) {
    reset()
    let optimizer = withClipping(tfAdam(0.01), 'quantile:per=tensor', { where: 'device' })
    for (let t = 0; t < 15; t++) {
      if (t === cut) {
        const saved = (await optimizer.getWeights()).map(({ name, tensor }) => ({ name, tensor: tensor.clone() }))
        const config = JSON.parse(JSON.stringify(optimizer.getConfig()))
        optimizer.dispose()
        optimizer = ClippedOptimizer.fromConfig(ClippedOptimizer as never, config) as unknown as ClippedOptimizer
        await optimizer.setWeights(saved)
        expect(optimizer.where).toBe('device')
      }
      apply(optimizer, gradientsOf(t))
      await turn()
    }
    return { weights: weights(), explained: optimizer.lastReport!.groups.map(({ tau }) => tau) }
  }
})

test.each([
  [() => withClipping(tf.train.sgd(1), 'none', { where: 'gpu' as never }), 'where must be one of auto, host, device, got "gpu"'],
  [() => withClipping(tf.train.sgd(1), 'clippy', { where: 'device' }), 'where=device is not possible: clip "clippy" needs the host'],
  [() => withClipping(tf.train.sgd(1), 'u-clip', { where: 'device' }), 'keeps what it cut off'],
  [() => withClipping(tf.train.sgd(1), 'global-norm:like=torch', { where: 'device' }), 'roundings of torch'],
  [() => withClipping(withClipping(tf.train.sgd(1), 'none'), 'none', { where: 'device' }), 'moments of ClippedOptimizer are not known'],
])('refuses %s', (make, said) => {
  expect(make).toThrow(said)
})
