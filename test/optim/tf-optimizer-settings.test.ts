/** The learning rate of our tf optimisers, what clip rules read of them, and what they refuse. */
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { selectBackend } from '../../src/backend/backends.js'
import { adam } from '../../src/optim/adam.js'
import type { RateSchedule } from '../../src/optim/rate-schedule.js'
import { TfOptimizer } from '../../src/optim/tf-optimizer.js'
import { tfAdam, tfRmsprop, tfSgd } from '../../src/optim/tf-optimizers.js'
import { walk, weightsThroughStorage } from '../support/clipped-training.js'
import { COURSE, gradientValues, startValues } from '../support/optim-fixture.js'
import { courseVariables, steps } from '../support/tf-course.js'

beforeAll(async () => {
  await selectBackend('cpu')
})

let count = 0
const variables = (...of: number[][]): tf.Variable[] =>
  of.map((value) => tf.tidy(() => tf.tensor1d(value).variable(true, `settings-${count++}`)))

const SCHEDULE: RateSchedule = { kind: 'warmup', steps: 40, rate: { kind: 'cosine', from: 0.02, to: 0.001, steps: 130 } }

describe('the learning rate', () => {
  const zero = [[[0, 0]]]

  test('follows the schedule, one step of the optimiser after the other', () => {
    const optimizer = tfSgd({ kind: 'linear', from: 1, to: 0, steps: 4 })
    const [w] = variables([0])
    const seen = [1, 1, 1, 1, 1].map((g) => {
      walk(optimizer, [w!], [[[g]]])
      return w!.dataSync()[0]
    })
    expect(seen).toEqual([-1, -1.75, -2.25, -2.5, -2.5])
    expect(optimizer.learningRate).toBe(0)
  })

  test('one that is set takes the place of the schedule, and is saved', async () => {
    const optimizer = tfAdam(SCHEDULE)
    optimizer.learningRate = 0.5
    walk(optimizer, variables([1, 2]), zero)
    expect(optimizer.learningRate).toBe(0.5)
    expect((TfOptimizer.fromConfig(TfOptimizer as never, optimizer.getConfig()) as unknown as TfOptimizer).learningRate).toBe(0.5)
    expect(() => {
      optimizer.learningRate = Number.NaN
    }).toThrow('tfAdam: learningRate')
  })

  test('falls on a plateau, on top of the schedule, and remembers that in a file', async () => {
    const make = () => tfAdam({ kind: 'step', rate: 1, factor: 0.5, every: 2 }, { plateau: { patience: 1, factor: 0.1 } })
    const optimizer = make()
    for (const loss of [3, 3, 3]) optimizer.reportProgress(loss)
    expect(optimizer.learningRate).toBeCloseTo(0.1, 12)
    walk(optimizer, variables([1, 2]), [...zero, ...zero])
    const loaded = make()
    await weightsThroughStorage(optimizer, loaded)
    expect(loaded.learningRate).toBeCloseTo(0.05, 12)
    loaded.reportProgress(3)
    loaded.reportProgress(3)
    expect(loaded.learningRate).toBeCloseTo(0.005, 12)
    expect(() => tfAdam().reportProgress(1)).toThrow('tfAdam: reportProgress needs the option plateau')
  })

  test('a rule that asks for smaller steps gets them, and the schedule goes on', () => {
    const optimizer = tfSgd({ kind: 'linear', from: 1, to: 0, steps: 2 })
    const [w] = variables([0])
    optimizer.rateFactor = 0.5
    walk(optimizer, [w!], [[[1]]])
    optimizer.rateFactor = 1
    walk(optimizer, [w!], [[[1]]])
    expect([...w!.dataSync()]).toEqual([-1])
  })
})

describe('second moments, for rules that read them', () => {
  test.each([true, false])("Adam's, corrected: %s, as the flat one keeps it", (corrected) => {
    const optimizer = tfAdam(0.01)
    const of = courseVariables()
    expect(optimizer.secondMomentOf!(of[0]!.name, corrected)).toBeNull()
    steps(optimizer, of, 1, 20)
    const flat = adam(COURSE)
    for (let t = 1; t <= 20; t++) flat.step(Float64Array.from(startValues()), Float64Array.from(gradientValues(t)), 0.01)
    const got = of.flatMap(({ name }) => {
      const moment = optimizer.secondMomentOf!(name, corrected)!
      const numbers = [...moment.dataSync()]
      moment.dispose()
      return numbers
    })
    expect(got).toBeAllClose([...flat.secondMoment!(corrected)], 1e-5)
    optimizer.resetMoments()
    expect(optimizer.secondMomentOf!(of[0]!.name, corrected)).toBeNull()
    expect(optimizer.iterations).toBe(20)
  })

  test('SGD has none', () => {
    expect(tfSgd().secondMomentOf).toBeUndefined()
  })
})

describe('refused', () => {
  const moved = (optimizer: TfOptimizer, gradient: number[]) => {
    const of = variables(gradient.map(() => 1))
    walk(optimizer, of, [[gradient]])
    return of[0]!
  }

  test('a variable whose shape changed, by name', () => {
    const optimizer = tfAdam()
    const w = moved(optimizer, [1, 2])
    const { name } = w
    w.dispose()
    const other = tf.tensor1d([1, 2, 3]).variable(true, name)
    expect(() => walk(optimizer, [other], [[[1, 2, 3]]])).toThrow(`tfAdam: the variable "${name}" was [2] and is [3] now`)
  })

  test('a gradient of another shape, and of no variable; nothing moved', () => {
    const [w] = variables([1, 2])
    expect(() => walk(tfAdam(), [w!], [[[1, 2, 3]]])).toThrow(`expected a gradient of [2] for "${w!.name}", got [3]`)
    expect(() => tfAdam().applyGradients({ stranger: tf.scalar(1) })).toThrow('tfAdam: no variable is called "stranger"')
    expect([...w!.dataSync()]).toEqual([1, 2])
  })

  test('weights of another optimiser, rule or set of moments, and of other variables', async () => {
    await expect(weightsThroughStorage(tf.train.adam(0.1), tfAdam())).rejects.toThrow('expected a weight "tau-rl/optimizer-state"')
    await expect(weightsThroughStorage(tfRmsprop(), tfAdam())).rejects.toThrow('expected rule "adam", got "rmsprop"')
    await expect(weightsThroughStorage(tfAdam(), tfAdam(0.1, { amsgrad: true }))).rejects.toThrow(
      'expected moments ["m","v","largest"], got ["m","v"]',
    )
    const first = tfAdam()
    const w = moved(first, [1, 2])
    const second = tfAdam()
    await weightsThroughStorage(first, second)
    const [other] = variables([1, 2, 3])
    expect(() => walk(second, [other!], [[[1, 2, 3]]])).toThrow(
      `belongs to other variables: expected ${w.name} [2]; got ${other!.name} [3]`,
    )
  })

  test.each<[() => unknown, string]>([
    [() => tfAdam({ learningRate: 0.1, clipValue: 1 } as never), 'tfAdam: learningRate has no kind undefined'],
    [() => tfAdam(-1), 'tfAdam: learningRate: rate must be at least 0, got -1'],
    [() => tfAdam(0.1, { beta1: 1 }), 'tfAdam: beta1 must be at least 0 and below 1, got 1'],
    [() => tfAdam(0.1, { epsilon: 0 }), 'tfAdam: epsilon must be above 0, got 0'],
    [() => tfAdam(0.1, { beta_1: 0.9 } as never), 'tfAdam has no option "beta_1". Did you mean "beta1" or "beta2"?'],
    [() => tfAdam(0.1, { amsgrad: 'yes' as never }), 'tfAdam: amsgrad must be true or false, got "yes"'],
    [() => tfAdam(0.1, { amsGrad: true } as never), 'tfAdam has no option "amsGrad". Did you mean "amsgrad"?'],
    [() => tfRmsprop(0.1, { epsilonTo: 'root' as never }), 'tfRmsprop: epsilonTo must be one of outside, inside, got "root"'],
    [() => tfSgd(0.1, { momentum: '0.9' as never }), 'tfSgd: momentum must be a number, got "0.9"'],
    [() => tfSgd(0.1, { nesterov: true }), 'tfSgd: nesterov needs a momentum above 0'],
    [() => tfAdam(0.1, { plateau: { factor: 2 } }), 'plateau: factor must be above 0 and below 1, got 2'],
  ])('%s', (make, said) => {
    expect(make).toThrow(said)
  })
})
