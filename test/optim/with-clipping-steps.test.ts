/** Single steps of a clipped optimiser: memory, learning rates, grouping, variables that come later, tfjs's own numbers, refusals. */
import * as tf from '@tensorflow/tfjs-core'
import '@tensorflow/tfjs-backend-cpu'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fixed } from '../../src/clip/fixed.js'
import type { ClipContext, ClipRule } from '../../src/clip/rule.js'
import { withClipping } from '../../src/optim/with-clipping.js'
import { course, walk } from '../support/clipped-training.js'

beforeAll(async () => {
  tf.env().set('PROD', true)
  await tf.setBackend('cpu')
})
afterAll(() => tf.disposeVariables())

let count = 0
const variable = (values: number[], name = `step-${count++}`): tf.Variable => tf.tensor1d(values).variable(true, name)
const loss = (w: tf.Variable) => () => tf.sum(tf.square(w)) as tf.Scalar

describe('memory', () => {
  const clips = ['none', 'global-norm:tau=0.1', 'value:tau=0.1', 'agc:lambda=0.3', 'loss-feedback', 'norm:shape=soft']
  test.each(clips)('%s: no tensor more after any step, and none left after dispose', (clip) => {
    const w = variable([5, -5, 3])
    const before = tf.memory().numTensors
    const optimizer = withClipping(tf.train.adam(0.01), clip, { feedbackEvery: 3 })
    const step = () => {
      optimizer.minimize(loss(w), false, [w])
      optimizer.minimize(loss(w), true, [w])?.dispose()
      walk(optimizer, [w], [[[Number.NaN, 1, 1]], [null], [[1, 1, 1]]])
    }
    step()
    const held = tf.memory().numTensors
    for (let t = 0; t < 5; t++) step()
    expect(tf.memory().numTensors).toBe(held)
    optimizer.dispose()
    expect(tf.memory().numTensors).toBe(before)
  })

  test('loading keeps the moments and nothing besides', async () => {
    const w = variable([1, 2, 3])
    const first = withClipping(tf.train.adam(0.01), 'global-norm')
    walk(first, [w], course(3, 1))
    const weights = await first.getWeights()
    const before = tf.memory().numTensors
    const second = withClipping(tf.train.adam(0.01), 'global-norm')
    const fresh = tf.memory().numTensors
    await second.setWeights(weights)
    expect(tf.memory().numTensors - fresh).toBe(2) // m and v
    second.dispose()
    expect(tf.memory().numTensors).toBe(before)
  })

  test('too many non-finite losses in minimize end it without a leak', () => {
    const w = variable([Number.NaN, 1])
    const optimizer = withClipping(tf.train.sgd(0.1), 'none', { maxSkips: 1 })
    optimizer.minimize(loss(w), false, [w])
    const before = tf.memory().numTensors
    expect(() => optimizer.minimize(loss(w), false, [w])).toThrow('2 gradients in a row were not finite')
    expect(tf.memory().numTensors).toBe(before)
  })
})

describe('minimize', () => {
  test('returns the loss from before the step when asked for it, else null', () => {
    const w = variable([3, 4])
    const optimizer = withClipping(tf.train.sgd(0.1), 'none')
    const cost = optimizer.minimize(loss(w), true, [w])!
    expect(cost.dataSync()[0]).toBe(25)
    expect(optimizer.minimize(loss(w), false, [w])).toBeNull()
    cost.dispose()
  })

  test('without a list it trains every variable that the loss reaches, and leaves the others', () => {
    const [w, other] = [variable([3, 4]), variable([1])]
    const optimizer = withClipping(tf.train.adam(0.1), 'global-norm')
    for (let t = 0; t < 3; t++) optimizer.minimize(loss(w))
    expect(w.dataSync()[0]).toBeLessThan(3)
    expect([...other.dataSync()]).toEqual([1])
    expect(optimizer.lastReport!.normBefore).toBeGreaterThan(5)
  })

  test('its loss is no signal for a rule that listens to something else', () => {
    const w = variable([5])
    const optimizer = withClipping(tf.train.sgd(0.01), 'loss-feedback:signal=return,decay=0,rtol=0', { feedbackEvery: 1 })
    for (let t = 0; t < 4; t++) optimizer.minimize(loss(w), false, [w])
    expect(optimizer.explain()[0]!.line).toContain('no return yet')
    optimizer.reportSignal('return', 1)
    optimizer.reportSignal('return', 2)
    expect(optimizer.explain()[0]!.line).toContain('return 1 → 2, better')
  })

  test('a loss that is not finite counts as a step of the update but not into the mean', () => {
    const w = variable([5])
    const optimizer = withClipping(tf.train.sgd(0), 'loss-feedback', { feedbackEvery: 4 })
    const losses = [2, Number.NaN, 6, Infinity]
    for (const value of losses) optimizer.minimize(() => tf.tidy(() => tf.add(tf.mul(tf.sum(w), 0), value)) as tf.Scalar, false, [w])
    expect(optimizer.explain()[0]!.line).toContain('first loss: 4')
  })
})

describe('what a rule is told', () => {
  const seen: ClipContext[] = []
  const listening: ClipRule<null> = { ...fixed(1), threshold: (_, __, context) => seen.push({ ...context }) }

  test('the learning rate in force and the steps so far; a skipped step is none', () => {
    const w = variable([1, 2])
    const optimizer = withClipping(tf.train.adam(0.1), listening)
    walk(optimizer, [w], [[[1, 1]]])
    optimizer.learningRate = 0.02
    walk(optimizer, [w], [[[Number.NaN, 1]], [[1, 1]]])
    expect(seen).toEqual([
      { step: 0, learningRate: 0.1 },
      { step: 1, learningRate: 0.02 },
    ])
    expect(optimizer.iterations).toBe(2)
  })

  test.each([
    ['sgd', tf.train.sgd(1)],
    ['momentum', tf.train.momentum(1, 0)],
    ['adam', tf.train.adam(1)],
  ])('a new learning rate is that of the next step: %s', (_name, inner) => {
    const w = variable([0])
    const optimizer = withClipping(inner, 'none')
    expect(optimizer.learningRate).toBe(1)
    walk(optimizer, [w], [[[1]]])
    expect(w.dataSync()[0]).toBeCloseTo(-1, 4)
    optimizer.learningRate = 0.25
    walk(optimizer, [w], [[[1]]])
    expect(w.dataSync()[0]).toBeCloseTo(-1.25, 4)
  })

  test('learning-rate clips follow an annealed rate', () => {
    const w = variable([0, 0])
    const optimizer = withClipping(tf.train.sgd(1e-3), 'learning-rate:c=1000')
    walk(optimizer, [w], [[[3, 4]]])
    expect(w.dataSync()).toBeAllClose([-0.0006, -0.0008], 1e-6)
    optimizer.learningRate = 5e-4
    walk(optimizer, [w], [[[3, 4]]])
    expect(optimizer.lastReport!.groups[0]!.tau).toBeCloseTo(0.5, 12)
  })
})

describe('groups', () => {
  const groupNames = (per: string, options = {}) => {
    const names = [`a${count}/h/kernel`, `a${count}/h/bias`, `c${count}/h/kernel`, `dense${count}/kernel`, `alone${count++}`]
    const optimizer = withClipping(tf.train.sgd(0.1), `global-norm:per=${per}`, options)
    const of = names.map((name) => variable([1], name))
    walk(optimizer, of, [names.map(() => [1])])
    return optimizer.lastReport!.groups.map(({ name }) => name.replace(/\d+/, ''))
  }

  test('come from the path of a variable', () => {
    expect(groupNames('network')).toEqual(['a', 'c', 'model'])
    expect(groupNames('layer')).toEqual(['a/h', 'c/h', 'dense', 'alone'])
    expect(groupNames('model')).toEqual(['model'])
  })

  test('or from the caller', () => {
    const group = (name: string) => ({ network: name.includes('alone') ? 'x' : 'y', layer: 'z' })
    expect(groupNames('network', { group })).toEqual(['y', 'x'])
    expect(groupNames('layer', { group })).toEqual(['z'])
  })
})

describe('variables that are not there from the start', () => {
  test('join without moving the moments or the history of the others', () => {
    const steps = course(30)
    const make = () => withClipping(tf.train.adam(0.05), 'autoclip:p=50,per=tensor')
    const [a, b] = [variable([1, 2, 3]), variable([1, 2, 3])]
    const alone = walk(
      make(),
      [a],
      steps.map((step) => [step[0]!]),
    )[0]

    const [late, optimizer] = [variable([4, 5, 6]), make()]
    walk(
      optimizer,
      [b],
      steps.slice(0, 10).map((step) => [step[0]!]),
    )
    walk(
      optimizer,
      [late, b],
      steps.slice(10).map((step) => [step[1]!, step[0]!]),
    ) // and in front
    expect([...b.dataSync()]).toEqual(alone)
    expect([...late.dataSync()]).not.toEqual([4, 5, 6])
  })

  test('or leave for some steps, without a hole in the list', () => {
    const steps = course(20)
    const [a, b] = [variable([1, 2, 3]), variable([4, 5, 6])]
    const [c, d] = [variable([1, 2, 3]), variable([4, 5, 6])]
    const [whole, gaps] = [withClipping(tf.train.adam(0.05), 'norm'), withClipping(tf.train.adam(0.05), 'norm')]
    steps.forEach(([g, h], t) => {
      const both = t % 3 !== 2
      walk(whole, [a, b], [[both ? g! : null, h!]])
      if (both) walk(gaps, [c, d], [[g!, h!]])
      else walk(gaps, [d], [[h!]]) // the caller's list is shorter; tfjs alone would give d the moments of c
    })
    expect([[...c.dataSync()], [...d.dataSync()]]).toEqual([[...a.dataSync()], [...b.dataSync()]])
  })

  test('count for nothing while they are away: not in the norm of the model, not in their own history', () => {
    const [a, b] = [variable([1, 2]), variable([3, 4])]
    const whole = withClipping(tf.train.sgd(0.1), 'global-norm')
    walk(
      whole,
      [a, b],
      [
        [
          [3, 4],
          [30, 40],
        ],
      ],
    )
    walk(whole, [a, b], [[[3, 4], null]])
    expect(whole.lastReport!.normBefore).toBe(5)

    const make = () => withClipping(tf.train.sgd(0.1), 'autoclip:p=50,per=tensor,shape=normalize')
    const [c, d, alone] = [variable([1, 2, 3]), variable([4, 5, 6]), variable([1, 2, 3])]
    const steps = course(12)
    walk(
      make(),
      [c, d],
      steps.map(([g, h], t) => [t % 3 === 2 ? null : g!, h!]),
    )
    walk(
      make(),
      [alone],
      steps.filter((_, t) => t % 3 !== 2).map(([g]) => [g!]),
    )
    expect([...c.dataSync()]).toEqual([...alone.dataSync()])
  })
})

describe('numbers of tfjs', () => {
  test('Adam(.1) from [1, 2] with [.5, −1], then [.1, 100]', () => {
    const w = variable([1, 2])
    const optimizer = withClipping(tf.train.adam(0.1), 'none')
    walk(optimizer, [w], [[[0.5, -1]]])
    expect(w.dataSync()).toBeAllClose([0.90000069, 2.09999943], 1e-7)
    walk(optimizer, [w], [[[0.1, 100]]])
    expect(w.dataSync()).toBeAllClose([0.81969744, 2.0262599], 1e-7)
  })

  test('ε stands outside the corrected root: g = ε = 1e-5 moves ½', () => {
    const w = variable([0])
    walk(withClipping(tf.train.adam(1, 0.9, 0.999, 1e-5), 'none'), [w], [[[1e-5]]])
    expect(w.dataSync()[0]).toBeCloseTo(-0.5, 4)
  })

  test('without a clip [3, 4] then [30, 40] go elsewhere than behind a norm of 5', () => {
    const w = variable([0, 0])
    walk(withClipping(tf.train.adam(1, 0.9, 0.999, 1e-8), 'none'), [w], [[[3, 4]], [[30, 40]]])
    expect(w.dataSync()).toBeAllClose([-1.80708766, -1.80708766], 2e-5)
  })

  test('a gradient under its limit is handed on as the tensor that it was, one above it as another', () => {
    const handed: tf.Tensor[] = []
    const inner = tf.train.sgd(0.1)
    const apply = inner.applyGradients.bind(inner)
    inner.applyGradients = (gradients) => {
      handed.push((gradients as { tensor: tf.Tensor }[])[0]!.tensor)
      apply(gradients)
    }
    const w = variable([1, 2])
    const [small, large] = [tf.tensor1d([0.1, 0.1]), tf.tensor1d([30, 40])]
    const optimizer = withClipping(inner, 'global-norm:tau=1')
    for (const tensor of [small, large]) optimizer.applyGradients([{ name: w.name, tensor }])
    expect(handed[0]).toBe(small)
    expect(handed[1]).not.toBe(large)
    expect([...large.dataSync()]).toEqual([30, 40]) // the caller's own
    tf.dispose([small, large])
  })

  test('a soft clip works below its limit too', () => {
    const w = variable([0, 0])
    walk(withClipping(tf.train.sgd(1), 'global-norm:tau=5,shape=soft'), [w], [[[3, 4]]])
    expect(w.dataSync()).toBeAllClose([-1.5, -2], 1e-6)
  })
})

describe('skips', () => {
  test('in a row are counted anew after a good step', () => {
    const w = variable([1])
    const optimizer = withClipping(tf.train.sgd(0.1), 'none', { maxSkips: 2 })
    for (let round = 0; round < 4; round++) walk(optimizer, [w], [[[Number.NaN]], [[Infinity]], [[1]]])
    expect(optimizer.skipped).toBe(8)
    expect(w.dataSync()[0]).toBeCloseTo(0.6, 6)
  })
})

describe('refused', () => {
  const apply = (name: string, tensor: tf.Tensor) => withClipping(tf.train.sgd(1), 'none').applyGradients([{ name, tensor }])

  test('a gradient of no variable', () => {
    expect(() => apply('nobody', tf.tensor1d([1]))).toThrow('no variable is called "nobody"')
  })

  test.each([[[1]], [[1, 2, 3]]])('a gradient of another size than its variable: %j', (values) => {
    const { name } = variable([1, 2])
    expect(() => apply(name, tf.tensor1d(values))).toThrow(`expected a gradient of 2 for "${name}", got ${values.length}`)
  })

  test.each([
    ['maxSkips of 0', () => withClipping(tf.train.sgd(1), 'none', { maxSkips: 0 }), 'withClipping: maxSkips'],
    ['feedbackEvery of 1.5', () => withClipping(tf.train.sgd(1), 'none', { feedbackEvery: 1.5 }), 'withClipping: feedbackEvery'],
    ['an unknown option of the clip', () => withClipping(tf.train.sgd(1), 'value:taw=1'), 'Did you mean "tau"'],
    ['τ below 0', () => withClipping(tf.train.sgd(1), { name: 'value', tau: -1 }), 'tau must be above 0, got -1'],
    ['the name of an optimiser', () => withClipping('adam' as never, 'none'), 'expected a tf.Optimizer'],
  ])('%s', (_what, make, said) => {
    expect(make).toThrow(said)
  })
})
