/** Clipping together with learning-rate schedules and both kinds of weight decay, in `fit` and in loops. */
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { selectBackend } from '../../src/backend/backends.js'
import type { ClippedOptimizer } from '../../src/optim/clipped-optimizer.js'
import type { RateSchedule } from '../../src/optim/rate-schedule.js'
import { tfAdam, tfAdamW, tfSgd } from '../../src/optim/tf-optimizers.js'
import { withClipping } from '../../src/optim/with-clipping.js'
import { data, smallModel, throughStorage, walk } from '../support/clipped-training.js'

beforeAll(async () => {
  await selectBackend('cpu')
})

let count = 0
const variables = (...of: number[][]): tf.Variable[] =>
  of.map((value) => tf.tidy(() => tf.tensor1d(value).variable(true, `clipping-${count++}`)))

const SCHEDULE: RateSchedule = { kind: 'warmup', steps: 40, rate: { kind: 'cosine', from: 0.02, to: 0.001, steps: 130 } }

describe('clipping, schedules and weight decay', () => {
  test.each(['global-norm:tau=0.5', 'autoclip:p=50,per=tensor', 'agc', 'value:tau=0.1'])(
    '%s: fit is the loop, and a file in the middle changes nothing',
    async (clip) => {
      for (const make of [
        () => tfAdamW(SCHEDULE, { weightDecay: 0.1 }),
        () => tfSgd(SCHEDULE, { momentum: 0.9, weightDecay: 0.1, weightDecayKind: 'l2' }),
      ]) {
        const [x, y] = data()
        const [model, looped] = [smallModel(), smallModel()]
        model.compile({ optimizer: withClipping(make(), clip), loss: 'meanSquaredError' })
        await model.fit(x, y, { epochs: 5, batchSize: 64, shuffle: false, verbose: 0 })
        const loaded = await throughStorage(model)
        await loaded.fit(x, y, { epochs: 5, batchSize: 64, shuffle: false, verbose: 0 })

        const optimizer = withClipping(make(), clip)
        const of = looped.trainableWeights.map((weight) => weight.read() as tf.Variable)
        for (let t = 0; t < 10; t++) {
          const loss = () => tf.tidy(() => tf.mean(tf.squaredDifference(y, looped.apply(x) as tf.Tensor)) as tf.Scalar)
          if (t % 2) optimizer.minimize(loss, false, of)
          else {
            const { value, grads } = tf.variableGrads(loss, of)
            optimizer.applyGradients(grads)
            tf.dispose([value, grads as never])
          }
        }
        loaded.getWeights().forEach((weight, i) => {
          expect([...weight.dataSync()]).toBeAllClose([...looped.getWeights()[i]!.dataSync()], 1e-5, 1e-6)
        })
        expect((loaded.optimizer as unknown as ClippedOptimizer).learningRate).toBe(optimizer.learningRate)
        expect(optimizer.learningRate).toBeCloseTo((0.02 * 11) / 40, 12)
        tf.dispose([x, y])
      }
    },
  )

  test('a decoupled decay is not clipped, an L2 penalty is not either: both come after the clip', () => {
    const gradient = [[[0, 0, 1000]]]
    const [a, b] = [variables([2, -2, 0]), variables([2, -2, 0])]
    const decayed = walk(withClipping(tfSgd(0.1, { weightDecay: 0.5 }), 'global-norm:tau=1e-3'), a, gradient)
    const penalty = walk(withClipping(tfSgd(0.1, { weightDecay: 0.5, weightDecayKind: 'l2' }), 'global-norm:tau=1e-3'), b, gradient)
    expect(decayed[0]!).toBeAllClose([1.9, -1.9, -1e-4], 1e-5)
    expect(penalty[0]!).toBeAllClose([1.9, -1.9, -1e-4], 1e-5)
  })

  test('a rule that needs moments works with ours and refuses those that have none', () => {
    const all = Array.from({ length: 60 }, (_, t) => [[1, t === 50 ? 1e6 : -1]])
    const [w] = variables([0, 0])
    const optimizer = withClipping(tfAdam(0.1), 'spam')
    walk(optimizer, [w!], all)
    expect(w!.dataSync().every(Number.isFinite)).toBe(true)
    expect(optimizer.iterations).toBe(60)
    expect(() => withClipping(tfSgd(0.1), 'spam')).toThrow('works with the moments')
  })

  test("R15: Adam with α = 1 forgets the spike's size when it is clipped", () => {
    const spikes = [[[3, 4]], [[30, 40]]]
    const [clipped, free] = [variables([0, 0]), variables([0, 0])]
    expect(walk(withClipping(tfAdam(1), 'global-norm:tau=5'), clipped, spikes)[0]!).toBeAllClose([-2, -2], 1e-5)
    expect(walk(tfAdam(1), free, spikes)[0]!).toBeAllClose([-1.80708766, -1.80708766], 1e-5)
  })

  test('R16, R17 and R18', () => {
    const ppo = variables([1, 2])
    const gradients = [[[3, 4]], [[30, 40]], [[0.03, 0.04]]]
    expect(walk(withClipping(tfAdam(3e-4, { epsilon: 1e-5 }), 'global-norm:tau=0.5'), ppo, gradients)[0]!).toBeAllClose(
      [0.99915518, 1.99915517],
      1e-6,
    )
    const [torch, keras] = [variables([0]), variables([0])]
    expect(walk(tfAdam(1, { epsilon: 1e-5 }), torch, [[[1e-5]]])[0]!).toBeAllClose([-0.5], 1e-5)
    expect(walk(tfAdam(1, { epsilon: 1e-5, epsilonTo: 'uncorrected' }), keras, [[[1e-5]]])[0]!).toBeAllClose([-0.03065343], 1e-5)
    const r18 = variables([1, 2])
    const walked = walk(tfAdam(0.1, { epsilon: 1e-7 }), r18, [[[0.5, -1]], [[0.1, 100]]])
    expect(walked[0]!).toBeAllClose([0.81969595, 2.02625966], 1e-6)
  })
})
