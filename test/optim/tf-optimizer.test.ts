/** Our tf optimisers as optimisers of TensorFlow.js: files, models, memory, whose moments are whose. */
import * as tf from '@tensorflow/tfjs-core'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { selectBackend } from '../../src/backend/backends.js'
import type { RateSchedule } from '../../src/optim/rate-schedule.js'
import type { TfOptimizer } from '../../src/optim/tf-optimizer.js'
import { tfAdam, tfAdamW, tfRmsprop, tfSgd } from '../../src/optim/tf-optimizers.js'
import { withClipping } from '../../src/optim/with-clipping.js'
import { course, data, smallModel, throughStorage, walk, weightsThroughStorage } from '../support/clipped-training.js'

let count = 0
const variables = (...of: number[][]): tf.Variable[] =>
  of.map((value) => tf.tidy(() => tf.tensor1d(value).variable(true, `tf-optimizer-${count++}`)))

const SCHEDULE: RateSchedule = { kind: 'warmup', steps: 40, rate: { kind: 'cosine', from: 0.02, to: 0.001, steps: 130 } }

const MAKERS: readonly [string, () => TfOptimizer][] = [
  ['adam', () => tfAdam(SCHEDULE)],
  [
    'adam with everything',
    () =>
      tfAdam(0.01, {
        beta1: 0.8,
        beta2: 0.95,
        epsilon: 1e-5,
        epsilonTo: 'uncorrected',
        amsgrad: true,
        weightDecay: 0.1,
        weightDecayKind: 'l2',
        plateau: { patience: 3, goal: 'higher' },
      }),
  ],
  ['adamW', () => tfAdamW(SCHEDULE)],
  ['rmsprop', () => tfRmsprop(0.001)],
  [
    'rmsprop with everything',
    () =>
      tfRmsprop(SCHEDULE, {
        decay: 0.9,
        epsilon: 1e-3,
        epsilonTo: 'inside',
        initial: 1,
        centered: true,
        momentum: 0.5,
        momentumOf: 'step',
        weightDecay: 0.1,
      }),
  ],
  ['sgd', () => tfSgd(SCHEDULE)],
  ['sgd with everything', () => tfSgd(0.01, { momentum: 0.9, nesterov: true, weightDecay: 0.01, weightDecayKind: 'l2' })],
]

const gradientsThatMiss = (count: number) => {
  const all = course(count)
  for (let t = 3; t < count; t += 7) all[t] = [t % 2 ? all[t]![0]! : (null as never), t % 2 ? (null as never) : all[t]![1]!]
  return all
}

describe.each(['cpu', 'wasm'])('on %s', (backend) => {
  beforeAll(async () => {
    await selectBackend(backend)
  })
  afterAll(() => tf.disposeVariables())

  describe.each(MAKERS)('%s', (_name, make) => {
    test('137 steps, a file, and 63 steps more are 200 steps, bit for bit', async () => {
      const all = gradientsThatMiss(200)
      const [one, two] = [variables([1, 2, 3], [4, 5, 6]), variables([1, 2, 3], [4, 5, 6])]
      const expected = walk(make(), one, all)
      const first = make()
      walk(first, two, all.slice(0, 137))
      const second = make()
      await weightsThroughStorage(first, second)
      expect(walk(second, two, all.slice(137))).toEqual(expected)
      expect(second.iterations).toBe(200)
    })

    test('in a model: fit, save, load, fit is fit, bit for bit, and every option comes back', async () => {
      const [x, y] = data()
      const epochsOf = (model: LayersModel, epochs: number) => model.fit(x, y, { epochs, batchSize: 16, shuffle: false, verbose: 0 })
      const compiled = () => {
        const model = smallModel()
        model.compile({ optimizer: make(), loss: 'meanSquaredError' })
        return model
      }
      const [straight, halves] = [compiled(), compiled()]
      await epochsOf(straight, 38)
      await epochsOf(halves, 35) // 140 steps
      const loaded = await throughStorage(halves)
      expect(loaded.optimizer.getConfig()).toEqual(make().getConfig())
      await epochsOf(loaded, 1)
      const again = await throughStorage(loaded)
      const last = await throughStorage(again) // loaded, never stepped, saved again
      await epochsOf(last, 2)
      expect(last.getWeights().map((w) => [...w.dataSync()])).toEqual(straight.getWeights().map((w) => [...w.dataSync()]))
      tf.dispose([x, y])
    })

    test('inside withClipping: the same steps when nothing is clipped', () => {
      const all = gradientsThatMiss(20)
      const [one, two] = [variables([1, 2, 3], [4, 5, 6]), variables([1, 2, 3], [4, 5, 6])]
      expect(walk(withClipping(make(), 'global-norm:tau=1e9'), two, all)).toEqual(walk(make(), one, all))
    })

    test('nothing is read back from the device', () => {
      const of = variables([1, 2, 3], [4, 5, 6])
      const optimizer = make()
      const read = vi.spyOn(tf.engine().backend, 'readSync')
      const gradients = of.map(({ name }) => ({ name, tensor: tf.tensor1d([1, 2, 3]) as tf.Tensor }))
      for (let t = 0; t < 3; t++) optimizer.applyGradients(gradients)
      expect(read).not.toHaveBeenCalled()
      of[0]!.dataSync()
      expect(read).toHaveBeenCalled() // the spy would have seen it
      read.mockRestore()
      tf.dispose(gradients)
    })

    test('the number of tensors stays, and disposing gives all back', () => {
      const before = tf.memory().numTensors
      const of = variables([1, 2, 3], [4, 5, 6])
      const optimizer = make()
      walk(optimizer, of, course(1))
      const after = tf.memory().numTensors
      walk(optimizer, of, gradientsThatMiss(50))
      expect(tf.memory().numTensors).toBe(after)
      optimizer.dispose()
      tf.dispose(of)
      expect(tf.memory().numTensors).toBe(before)
    })
  })
})

describe('moments belong to names', () => {
  beforeAll(async () => {
    await selectBackend('cpu')
  })
  const all = course(30)
  const start = [
    [1, 2, 3],
    [4, 5, 6],
  ]

  test('the order of the gradients does not matter, nor whether they come as a list or as a map', () => {
    const [a, b] = [variables(...start), variables(...start)]
    const expected = walk(tfAdam(0.1), a, all)
    const optimizer = tfAdam(0.1)
    all.forEach((gradients, t) => {
      const tensors = gradients.map((gradient) => tf.tensor1d(gradient))
      const entries = b.map(({ name }, i) => ({ name, tensor: tensors[i]! }))
      if (t % 2) entries.reverse()
      optimizer.applyGradients(t % 3 ? entries : Object.fromEntries(entries.map(({ name, tensor }) => [name, tensor])))
      tf.dispose(tensors)
    })
    expect(b.map((w) => [...w.dataSync()])).toEqual(expected)
  })

  test('a variable that joins later has its own moments and its own first step', () => {
    const [a, b] = variables(...start)
    const optimizer = tfAdam(0.1)
    walk(
      optimizer,
      [a!],
      all.slice(0, 10).map(([g]) => [g!]),
    )
    walk(optimizer, [b!, a!], [[[0.001, 1, -1000], null]])
    expect([...b!.dataSync()]).toBeAllClose([3.9, 4.9, 6.1], 1e-5) // Adam's first step has the size of the rate
    const alone = variables(start[0]!)
    walk(
      tfAdam(0.1),
      alone,
      all.slice(0, 10).map(([g]) => [g!]),
    )
    expect([...a!.dataSync()]).toEqual([...alone[0]!.dataSync()])
  })

  test('a loaded optimiser takes the variables by name in any order, or by position under new names', async () => {
    const [a, b] = [variables(...start), variables(...start)]
    const expected = walk(tfAdam(0.1), a, all)
    const first = tfAdam(0.1)
    walk(first, b, all.slice(0, 15))
    const byName = tfAdam(0.1)
    await weightsThroughStorage(first, byName)
    const renamed = variables(...b.map((w) => [...w.dataSync()]))
    walk(
      byName,
      [b[1]!, b[0]!],
      all.slice(15).map(([g, h]) => [h!, g!]),
    )
    expect(b.map((w) => [...w.dataSync()])).toEqual(expected)
    const byPosition = tfAdam(0.1)
    await weightsThroughStorage(first, byPosition)
    expect(walk(byPosition, renamed, all.slice(15))).toEqual(expected)
  })
})
