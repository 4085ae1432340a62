import * as tf from '@tensorflow/tfjs-core'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import '@tensorflow/tfjs-backend-cpu'
import '@tensorflow/tfjs-backend-wasm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { CLIP_OF, CLIP_PER, CLIP_SHAPES } from '../../src/clip/clip.js'
import { fixed } from '../../src/clip/fixed.js'
import { clipNames, createClip } from '../../src/clip/registry.js'
import { ClippedOptimizer } from '../../src/optim/clipped-optimizer.js'
import { tfAdam } from '../../src/optim/tf-optimizers.js'
import { withClipping } from '../../src/optim/with-clipping.js'
import { course, data, smallModel, throughStorage, walk } from '../support/clipped-training.js'

beforeAll(async () => {
  tf.env().set('PROD', true)
  await tf.setBackend('cpu')
})

let variables: tf.Variable[] = []
const variable = (values: number[], name: string): tf.Variable => {
  const made = tf.tensor1d(values).variable(true, name)
  variables.push(made)
  return made
}
beforeEach(() => {
  for (const one of variables) one.dispose()
  variables = []
})
afterAll(() => tf.disposeVariables())

/** Rules that look into the moments need an optimiser of ours. */
function worksWithAnyOptimizer(name: string): boolean {
  const { rule } = createClip({ name })
  return rule.readsSecondMoment === undefined && rule.request === undefined
}

describe('what the wrapped optimiser sees', () => {
  test('without a limit it is the bare optimiser, bit for bit', () => {
    const steps = course(200)
    const bare = walk(tf.train.adam(0.01), [variable([1, 2, 3], 'a1'), variable([4, 5, 6], 'b1')], steps)
    const wrapped = walk(withClipping(tf.train.adam(0.01), 'none'), [variable([1, 2, 3], 'a2'), variable([4, 5, 6], 'b2')], steps)
    expect(wrapped).toEqual(bare)
  })

  test('clips before the moments: m = (1 − β₁) · clipped, v = (1 − β₂) · clipped²', async () => {
    const optimizer = withClipping(tf.train.adam(0.1, 0.9, 0.999), 'global-norm:tau=1')
    walk(optimizer, [variable([0, 0, 0], 'w')], [[[30, 0, 40]]])
    const weights = await optimizer.inner.getWeights()
    expect(weights.find(({ name }) => name.endsWith('/m'))!.tensor.dataSync()).toBeAllClose([0.06, 0, 0.08], 1e-5, 1e-9)
    expect(weights.find(({ name }) => name.endsWith('/v'))!.tensor.dataSync()).toBeAllClose([0.00036, 0, 0.00064], 1e-4, 1e-9)
  })

  test('[3, 4] then [30, 40] behind a global norm of 5: Adam(1) goes to [−2, −2]', () => {
    const w = walk(withClipping(tf.train.adam(1, 0.9, 0.999, 1e-8), 'global-norm:tau=5'), [variable([0, 0], 'w15')], [[[3, 4]], [[30, 40]]])
    expect(w[0]!).toBeAllClose([-2, -2], 2e-5)
  })

  test('Adam(3e-4, ε 1e-5) behind 0.5, as PPO has it', () => {
    const w = walk(
      withClipping(tf.train.adam(3e-4, 0.9, 0.999, 1e-5), 'global-norm:tau=0.5'),
      [variable([1, 2], 'w16')],
      [[[3, 4]], [[30, 40]], [[0.03, 0.04]]],
    )
    expect(w[0]!).toBeAllClose([0.99915516, 1.99915516], 1e-6)
  })

  test('the order of the caller does not swap moments, as it does in bare tfjs', () => {
    const [a, b] = [variable([1, 1, 1], 'order-a'), variable([1, 1, 1], 'order-b')]
    const straight = walk(withClipping(tf.train.adam(0.1), 'none'), [a, b], course(20))
    const [c, d] = [variable([1, 1, 1], 'order-c'), variable([1, 1, 1], 'order-d')]
    const optimizer = withClipping(tf.train.adam(0.1), 'none')
    course(20).forEach((step, t) => {
      if (t % 2 === 0) walk(optimizer, [c, d], [step])
      else walk(optimizer, [d, c], [[step[1]!, step[0]!]])
    })
    expect([[...c.dataSync()], [...d.dataSync()]]).toEqual(straight)
  })

  test('a variable without a gradient in a step is left alone', () => {
    const [a, b] = [variable([1, 1, 1], 'absent-a'), variable([1, 1, 1], 'absent-b')]
    const optimizer = withClipping(tf.train.adam(0.1), 'global-norm')
    walk(optimizer, [a, b], course(3))
    const before = [...b.dataSync()]
    walk(optimizer, [a, b], [[[1, 1, 1], null]])
    expect([...b.dataSync()]).toEqual(before)
  })
})

describe('a gradient that is not finite', () => {
  test('leaves weights, moments and the rule’s history, and is counted', async () => {
    const w = variable([1, 2, 3], 'nan-w')
    const optimizer = withClipping(tf.train.adam(0.1), 'percentile')
    walk(optimizer, [w], course(5, 1))
    const state = async () => Promise.all((await optimizer.inner.getWeights()).map(async ({ tensor }) => [...(await tensor.data())]))
    const [weights, moments] = [[...w.dataSync()], await state()]
    const history = optimizer.explain()
    walk(optimizer, [w], [[[Number.NaN, 1, 1]], [[1, Infinity, 1]]])
    expect([...w.dataSync()]).toEqual(weights)
    expect(await state()).toEqual(moments)
    expect(optimizer.explain()).toEqual(history)
    expect(optimizer.skipped).toBe(2)
    expect(optimizer.lastReport?.nonFinite).toBe('nan-w')
  })

  test('too many in a row end it, with the name', () => {
    const optimizer = withClipping(tf.train.sgd(0.1), 'none', { maxSkips: 3 })
    const bad = [[[Number.NaN, 1, 1]]]
    const w = variable([1, 2, 3], 'often')
    walk(optimizer, [w], [...bad, ...bad, ...bad])
    expect(() => walk(optimizer, [w], bad)).toThrow('4 gradients in a row were not finite, the last one of "often"')
  })
})

describe('ways of training', () => {
  test('minimize', () => {
    const w = variable([5, -5], 'minimize-w')
    const optimizer = withClipping(tf.train.sgd(0.1), 'global-norm:tau=1')
    for (let t = 0; t < 200; t++) optimizer.minimize(() => tf.sum(tf.square(w)) as tf.Scalar)
    expect(Math.hypot(...w.dataSync())).toBeLessThan(0.01)
  })

  test('a loop of one’s own with variableGrads', () => {
    const w = variable([5, -5], 'loop-w')
    const optimizer = withClipping(tf.train.sgd(0.1), fixed(1))
    for (let t = 0; t < 200; t++) {
      const { value, grads } = tf.variableGrads(() => tf.sum(tf.square(w)) as tf.Scalar, [w])
      optimizer.applyGradients(grads)
      value.dispose()
      tf.dispose(grads)
    }
    expect(Math.hypot(...w.dataSync())).toBeLessThan(0.01)
  })

  test('the loss of minimize is the signal of a feedback rule, once per feedbackEvery steps', () => {
    const w = variable([5], 'signal-w')
    const optimizer = withClipping(tf.train.sgd(0.01), 'loss-feedback:decay=0,rtol=0,leak=0', { feedbackEvery: 5 })
    for (let t = 0; t < 10; t++) optimizer.minimize(() => tf.sum(tf.square(w)) as tf.Scalar)
    expect(optimizer.explain()[0]!.line).toMatch(/^τ 0\.4545 down: loss .*better$/)
    optimizer.reportSignal('loss', 1e9)
    expect(optimizer.explain()[0]!.line).toContain('worse')
  })

  test.each(['cpu', 'wasm'])('fit, on %s: it learns, and holds no more tensors than before', async (backend) => {
    await tf.setBackend(backend)
    const model = smallModel()
    const optimizer = withClipping(tf.train.adam(0.05), 'agc:lambda=0.5')
    model.compile({ optimizer, loss: 'meanSquaredError' })
    const [x, y] = data()
    await model.fit(x, y, { epochs: 2, verbose: 0 })
    const tensors = tf.memory().numTensors
    const { history } = await model.fit(x, y, { epochs: 30, verbose: 0 })
    expect(tf.memory().numTensors).toBe(tensors)
    expect(history['loss']!.at(-1) as number).toBeLessThan(0.3 * (history['loss']![0] as number))
    expect(optimizer.lastReport!.groups.length).toBeGreaterThan(4) // units
    model.dispose()
    optimizer.dispose()
    tf.dispose([x, y])
    await tf.setBackend('cpu')
  })
})

describe('saved with its model', () => {
  test('goes on bit for bit, rule and moments included', async () => {
    const [x, y] = data()
    const train = (model: LayersModel, epochs: number) => model.fit(x, y, { epochs, batchSize: 16, shuffle: false, verbose: 0 })
    const make = () => {
      const model = smallModel()
      model.compile({ optimizer: withClipping(tf.train.adam(0.01), 'percentile:p=60,per=layer,window=50'), loss: 'meanSquaredError' })
      return model
    }
    const [straight, halves] = [make(), make()]
    await train(straight, 60)
    await train(halves, 35) // 140 steps: at a few steps tfjs's own defect would not show
    const loaded = await throughStorage(halves)
    await train(loaded, 25)
    const weights = (model: LayersModel) => model.getWeights().map((w) => [...w.dataSync()])
    expect(weights(loaded)).toEqual(weights(straight))
    expect((loaded.optimizer as ClippedOptimizer).plan[0]!.name).toBe('percentile')
  })

  test.each([
    ...clipNames()
      .filter(worksWithAnyOptimizer)
      .map((name) => ({ name })),
    ...CLIP_PER.map((per) => ({ name: 'global-norm', per })),
    ...CLIP_OF.map((of) => ({ name: 'global-norm', of })),
    ...CLIP_SHAPES.map((shape) => ({ name: 'value', shape })),
    { name: 'loss-feedback', signal: 'my_own_signal', better: 'lower', direction: 'worse-down' },
  ])('%j survives, underscores and dashes included', async (config) => {
    const model = smallModel()
    const optimizer = withClipping(tf.train.adam(0.01), config)
    model.compile({ optimizer, loss: 'meanSquaredError' })
    const [x, y] = data()
    await model.fit(x, y, { epochs: 1, verbose: 0 })
    const loaded = (await throughStorage(model)).optimizer as ClippedOptimizer
    expect(loaded).toBeInstanceOf(ClippedOptimizer)
    expect({ ...loaded.plan[0]!, rule: loaded.plan[0]!.rule.config }).toEqual({
      ...optimizer.plan[0]!,
      rule: optimizer.plan[0]!.rule.config,
    })
    tf.dispose([x, y])
  })

  test('a rule of one’s own has no name to be saved by, and says so', async () => {
    const { config: _, ...own } = fixed(1)
    const model = smallModel()
    model.compile({ optimizer: withClipping(tf.train.adam(0.01), { ...own, name: 'mine' }), loss: 'meanSquaredError' })
    await expect(throughStorage(model)).rejects.toThrow('has a rule of its own ("mine")')
  })
})

test.each([
  ['no optimiser', () => withClipping({} as tf.Optimizer, 'agc'), 'expected a tf.Optimizer'],
  ['an unknown clip', () => withClipping(tf.train.sgd(1), 'agcc'), 'Did you mean "agc"'],
  ['feedbackEvery of 0', () => withClipping(tf.train.sgd(1), 'agc', { feedbackEvery: 0 }), 'feedbackEvery'],
])('refuses %s', (_what, make, said) => {
  expect(make).toThrow(said)
})

describe('rules that work with the moments', () => {
  const gradients = (t: number) => [Math.sin(t), 3 * Math.cos(t), t % 40 === 39 ? 1e4 : 0.1]

  test('SPAM reaches our Adam through another clip, and does there what it does alone', () => {
    const steps = Array.from({ length: 90 }, (_, t) => gradients(t))
    const run = (wrap: (optimizer: tf.Optimizer) => tf.Optimizer, name: string) => {
      const weights = variable([1, 2, 3], name)
      const optimizer = wrap(tfAdam(0.01))
      for (const g of steps) tf.tidy(() => optimizer.applyGradients({ [name]: tf.tensor1d(g) }))
      return [...weights.dataSync()]
    }
    const spam = 'spam:resetEvery=50,warmup=5'
    const alone = run((inner) => withClipping(inner, spam), 's1')
    expect(run((inner) => withClipping(withClipping(inner, 'none'), spam), 's2')).toEqual(alone)
    expect(run((inner) => withClipping(inner, 'none'), 's3')).not.toEqual(alone)
  })

  test('stable-adamw reads the second moments of tf.train.adam as it reads ours', () => {
    const run = (inner: tf.Optimizer, name: string) => {
      const weights = variable([1, 2, 3], name)
      const optimizer = withClipping(inner, 'stable-adamw')
      const rates: number[] = []
      for (let t = 0; t < 60; t++) {
        tf.tidy(() => optimizer.applyGradients({ [name]: tf.tensor1d(gradients(t)) }))
        rates.push(optimizer.lastReport!.groups[0]!.normBefore)
      }
      return { rates, weights: [...weights.dataSync()] }
    }
    const [theirs, ours] = [run(tf.train.adam(0.01), 'm1'), run(tfAdam(0.01), 'm2')]
    expect(theirs.rates).toBeAllClose(ours.rates, 1e-4)
    expect(Math.max(...ours.rates)).toBeGreaterThan(1.5) // the spikes outran v
  })

  test('SGD has none, and an optimiser of tfjs cannot be told to start its moments anew', () => {
    expect(() => withClipping(tf.train.sgd(0.1), 'stable-adamw')).toThrow('clip "stable-adamw" works with the moments')
    expect(() => withClipping(tf.train.adam(0.1), 'spam')).toThrow('clip "spam" works with the moments')
  })
})
