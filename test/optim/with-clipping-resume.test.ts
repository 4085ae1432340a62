/** What of a clipped optimiser survives its way through a file, beyond the straight road of with-clipping.test.ts. */
import * as tf from '@tensorflow/tfjs-core'
import '@tensorflow/tfjs-backend-cpu'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ClippedOptimizer } from '../../src/optim/clipped-optimizer.js'
import { type WithClippingOptions, withClipping } from '../../src/optim/with-clipping.js'
import { course, data, smallModel, throughStorage, walk, weightsThroughStorage } from '../support/clipped-training.js'

beforeAll(async () => {
  tf.env().set('PROD', true)
  await tf.setBackend('cpu')
})
afterAll(() => tf.disposeVariables())

let count = 0
const variables = (...values: number[][]): tf.Variable[] => values.map((value) => tf.tensor1d(value).variable(true, `resume-${count++}`))

const BARE = 'loss-feedback:decay=0,rtol=0,leak=0'
const lines = (optimizer: ClippedOptimizer) => optimizer.explain().map(({ line }) => line)

/** All of tfjs but Adamax, which cannot be saved there. */
describe('whatever it wraps, 130 steps, a file, and 70 steps more are 200 steps', () => {
  const makers: [string, () => tf.Optimizer][] = [
    ['sgd', () => tf.train.sgd(0.01)],
    ['momentum', () => tf.train.momentum(0.01, 0.9)],
    ['adam', () => tf.train.adam(0.01)],
    ['rmsprop', () => tf.train.rmsprop(0.01, 0.9, 0.5, 1e-7, true)],
    ['adagrad', () => tf.train.adagrad(0.1)],
    ['adadelta', () => tf.train.adadelta(1)],
  ]
  test.each(makers)('%s', async (_name, make) => {
    const steps = course(200)
    // here and there a variable has no gradient: its moments must stay with it
    for (let t = 3; t < 200; t += 7) steps[t] = [t % 2 ? steps[t]![0]! : (null as never), t % 2 ? (null as never) : steps[t]![1]!]
    const clipped = () => withClipping(make(), 'autoclip:p=60,per=tensor')
    const [one, two] = [variables([1, 2, 3], [4, 5, 6]), variables([1, 2, 3], [4, 5, 6])]
    const straight = clipped()
    walk(straight, one, steps)

    const first = clipped()
    walk(first, two, steps.slice(0, 130))
    const second = clipped()
    await weightsThroughStorage(first, second)
    walk(second, two, steps.slice(130))
    expect(two.map((w) => [...w.dataSync()])).toEqual(one.map((w) => [...w.dataSync()]))
    expect(second.lastReport).toEqual(
      // names of groups are those under which each optimiser first met its variables
      {
        ...straight.lastReport,
        groups: straight.lastReport!.groups.map((group, g) => ({ ...group, name: second.lastReport!.groups[g]!.name })),
      },
    )
  })
})

describe('a file from the middle of something', () => {
  test('a model that goes through files again and again stays on its course', async () => {
    const [x, y] = data()
    const epochsOf = (model: LayersModel, epochs: number) => model.fit(x, y, { epochs, batchSize: 16, shuffle: false, verbose: 0 })
    const make = () => {
      const model = smallModel()
      model.compile({
        optimizer: withClipping(tf.train.adam(0.02), 'percentile:p=70,window=100,per=layer,shape=normalize'),
        loss: 'meanSquaredError',
      })
      return model
    }
    const straight = make()
    await epochsOf(straight, 32)
    let halting = make()
    for (const epochs of [26, 3, 0, 2, 1]) {
      if (epochs > 0) await epochsOf(halting, epochs)
      halting = await throughStorage(halting) // after 0 epochs: loaded, never stepped, saved again
    }
    expect(halting.getWeights().map((w) => [...w.dataSync()])).toEqual(straight.getWeights().map((w) => [...w.dataSync()]))
    tf.dispose([x, y])
  })

  test('between two updates of a feedback rule: the losses so far count', async () => {
    const train = (optimizer: tf.Optimizer, w: tf.Variable, steps: number) => {
      for (let t = 0; t < steps; t++) optimizer.minimize(() => tf.sum(tf.square(w)) as tf.Scalar, false, [w])
    }
    const make = () => withClipping(tf.train.sgd(0.01), BARE, { feedbackEvery: 10 })
    const [a, b] = variables([5, 1], [5, 1])
    const straight = make()
    train(straight, a!, 27)
    const first = make()
    train(first, b!, 17)
    const second = make()
    await weightsThroughStorage(first, second)
    train(second, b!, 10)
    expect(lines(second)).toEqual(lines(straight))
    expect([...b!.dataSync()]).toEqual([...a!.dataSync()])
  })

  test('signals that came before the first gradient are not lost on the way', async () => {
    const first = withClipping(tf.train.adam(0.1), BARE)
    for (const loss of [1, Number.NaN, 2]) first.reportSignal('loss', loss)
    const second = withClipping(tf.train.adam(0.1), BARE)
    await weightsThroughStorage(first, second)
    walk(second, variables([1, 2]), [[[1, 1]]])
    expect(lines(second)).toEqual(['τ 0.55 up: loss 1 → 2, worse'])
  })

  test('signals that come between loading and the first step are heard after what was saved', async () => {
    const of = variables([1, 2])
    const first = withClipping(tf.train.adam(0.1), BARE)
    walk(first, of, [[[1, 1]]])
    first.reportSignal('loss', 3)
    const second = withClipping(tf.train.adam(0.1), BARE)
    await weightsThroughStorage(first, second)
    second.reportSignal('loss', 4)
    walk(second, of, [[[1, 1]]])
    expect(lines(second)).toEqual(['τ 0.55 up: loss 3 → 4, worse'])
  })

  test('counters of skipped steps go on, those in a row too', async () => {
    const of = variables([1, 2])
    const bad = [[[Number.NaN, 1]]]
    const first = withClipping(tf.train.sgd(0.1), 'none', { maxSkips: 3 })
    walk(first, of, [[[1, 1]], ...bad, ...bad])
    const second = withClipping(tf.train.sgd(0.1), 'none', { maxSkips: 3 })
    await weightsThroughStorage(first, second)
    expect(second.skipped).toBe(2)
    walk(second, of, bad)
    expect(() => walk(second, of, bad)).toThrow('4 gradients in a row')
  })
})

test('after loading, the first step may come with the variables turned round, or with some of them', async () => {
  const steps = course(12)
  const make = () => withClipping(tf.train.adam(0.05), 'autoclip:p=50,per=tensor')
  const one = variables([1, 2, 3], [4, 5, 6])
  const straight = make()
  walk(straight, one, steps.slice(0, 5))
  walk(straight, one, [[null, steps[5]![1]!], ...steps.slice(6)])

  const [a, b] = variables([1, 2, 3], [4, 5, 6])
  const first = make()
  walk(first, [a!, b!], steps.slice(0, 5))
  const second = make()
  await weightsThroughStorage(first, second)
  walk(second, [b!], [[steps[5]![1]!]])
  const third = make()
  await weightsThroughStorage(second, third)
  for (const [g, h] of steps.slice(6)) walk(third, [b!, a!], [[h!, g!]])
  expect([a!, b!].map((w) => [...w.dataSync()])).toEqual(one.map((w) => [...w.dataSync()]))
})

test('a state from before the first step makes a used optimiser new', async () => {
  const used = withClipping(tf.train.adam(0.1), 'autoclip:per=tensor')
  walk(used, variables([1, 2]), [[[100, 1]], [[100, 1]]])
  await weightsThroughStorage(withClipping(tf.train.adam(0.1), 'autoclip:per=tensor'), used)
  const fresh = withClipping(tf.train.adam(0.1), 'autoclip:per=tensor')
  const [a, b] = variables([1, 2], [1, 2])
  expect(
    walk(
      used,
      [a!],
      course(5, 1).map((step) => [step[0]!.slice(0, 2)]),
    ),
  ).toEqual(
    walk(
      fresh,
      [b!],
      course(5, 1).map((step) => [step[0]!.slice(0, 2)]),
    ),
  )
  expect(used.lastReport!.groups.map(({ name }) => name)).toEqual([a!.name]) // nothing of the old variable
})

test('a clip around a clip is saved with its model, each with its own state', async () => {
  const [x, y] = data()
  const epochsOf = (model: LayersModel, epochs: number) => model.fit(x, y, { epochs, batchSize: 16, shuffle: false, verbose: 0 })
  const make = () => {
    const model = smallModel()
    model.compile({
      optimizer: withClipping(withClipping(tf.train.adam(0.02), 'autoclip:p=50'), 'agc:lambda=0.1'),
      loss: 'meanSquaredError',
    })
    return model
  }
  const [straight, halves] = [make(), make()]
  await epochsOf(straight, 36)
  await epochsOf(halves, 26)
  const loaded = await throughStorage(halves)
  await epochsOf(loaded, 10)
  expect(loaded.getWeights().map((w) => [...w.dataSync()])).toEqual(straight.getWeights().map((w) => [...w.dataSync()]))
  tf.dispose([x, y])
})

describe('the settings', () => {
  test.each<WithClippingOptions>([{ feedbackEvery: 7 }, { maxSkips: 2 }])('%j comes back', async (options) => {
    const model = smallModel()
    model.compile({ optimizer: withClipping(tf.train.adam(0.01, 0.8, 0.99, 1e-5), 'agc', options), loss: 'meanSquaredError' })
    const loaded = (await throughStorage(model)).optimizer as ClippedOptimizer
    expect(loaded).toMatchObject(options)
    expect(loaded.inner.getConfig()).toEqual({ learningRate: 0.01, beta1: 0.8, beta2: 0.99, epsilon: 1e-5 })
  })

  test('a bare optimiser is not a ClippedOptimizer, although tfjs tells by the methods', () => {
    expect(tf.train.adam(0.1) instanceof ClippedOptimizer).toBe(false)
    expect(withClipping(tf.train.adam(0.1), 'none') instanceof ClippedOptimizer).toBe(true)
    expect(withClipping(tf.train.adam(0.1), 'none') instanceof tf.Optimizer).toBe(true)
  })
})

describe('refused', () => {
  const weightsOf = async (optimizer: tf.Optimizer) =>
    (await optimizer.getWeights()).map(({ name, tensor }) => ({ name, tensor: tensor.clone() }))

  test('weights of a bare optimiser', async () => {
    const weights = await weightsOf(tf.train.adam(0.1))
    await expect(withClipping(tf.train.adam(0.1), 'none').setWeights(weights)).rejects.toThrow('expected a weight "tau-rl/clip-state"')
  })

  test('the state of another rule, and of other variables, with what was expected and what came', async () => {
    const first = withClipping(tf.train.adam(0.1), 'percentile')
    walk(first, variables([1, 2]), [[[1, 1]]])
    const other = withClipping(tf.train.adam(0.1), 'mean-std')
    await weightsThroughStorage(first, other)
    expect(() => walk(other, variables([1, 2]), [[[1, 1]]])).toThrow('expected the rule "mean-std", got "percentile"')

    const bigger = withClipping(tf.train.adam(0.1), 'percentile')
    await weightsThroughStorage(first, bigger)
    expect(() => walk(bigger, variables([1, 2, 3]), [[[1, 1, 1]]])).toThrow(
      /belongs to other variables: expected resume-\d+ \[2\]; got resume-\d+ \[3\]/,
    )
  })
})
