/** A step of our tf optimisers against TensorFlow.js's own, on each backend: the parameters of one big layer, and many small ones. */
import * as tf from '@tensorflow/tfjs-core'
import { backends, selectBackend } from '../../../src/backend/backends.js'
import { tfAdam, tfAdamW, tfRmsprop, tfSgd } from '../../../src/optim/tf-optimizers.js'
import type { BenchEntry, BenchNumber } from '../entry.js'
import { measure, ratioOf, type Timing, type Work } from '../harness.js'

const SHAPES = {
  '1e5 parameters': [[100_000]],
  '1e6 parameters': [[1_000_000]],
  '12 small variables': Array(6)
    .fill([[64, 64], [64]])
    .flat(),
}

/** Ours, and which of theirs it is measured against. */
const PAIRS = {
  adam: [() => tfAdam(1e-3), () => tf.train.adam(1e-3)],
  'adam, AMSGrad': [() => tfAdam(1e-3, { amsgrad: true }), () => tf.train.adam(1e-3)],
  adamW: [() => tfAdamW(1e-3), () => tf.train.adam(1e-3)],
  rmsprop: [() => tfRmsprop(1e-3), () => tf.train.rmsprop(1e-3)],
  'sgd, momentum': [() => tfSgd(1e-3, { momentum: 0.9 }), () => tf.train.momentum(1e-3, 0.9)],
} as const satisfies Record<string, readonly [() => tf.Optimizer, () => tf.Optimizer]>

/** Of these the project has promised that ours is not slower. */
const PROMISED: readonly string[] = ['adam']

export const optimizers: BenchEntry = {
  name: 'optimizers',
  what: 'a step of our tf optimisers against those of TensorFlow.js, by backend and size',

  async run() {
    const active = tf.getBackend()
    const timings: Timing[] = []
    const numbers: BenchNumber[] = []
    for (const { name: backend } of backends()) {
      await selectBackend(backend, undefined, { accelerate: false })
      for (const [size, shapes] of Object.entries(SHAPES)) {
        const part = await compare(`${backend}, ${size}`, shapes)
        timings.push(...part.timings)
        numbers.push(...part.numbers)
      }
    }
    await selectBackend(active, undefined, { accelerate: false })
    return { unit: 'optimiser step', timings, numbers }
  },
}

async function compare(where: string, shapes: readonly number[][]): Promise<{ timings: Timing[]; numbers: BenchNumber[] }> {
  const variables = shapes.map((shape) => tf.tidy(() => tf.randomNormal(shape, 0, 0.1, 'float32', 1).variable()))
  const gradients = variables.map(({ name, shape }) => ({ name, tensor: tf.randomNormal([...shape], 0, 0.01, 'float32', 2) as tf.Tensor }))
  const made: tf.Optimizer[] = []
  const stepping = (make: () => tf.Optimizer): Work => {
    const optimizer = make()
    made.push(optimizer)
    return () => optimizer.applyGradients(gradients)
  }
  const timings: Timing[] = []
  const numbers: BenchNumber[] = []
  for (const [name, [ours, theirs]] of Object.entries(PAIRS)) {
    const pair = await measure(
      { [`${where}: ${name}`]: stepping(ours), [`${where}: ${name} of tfjs`]: stepping(theirs) },
      { roundMs: 50, rounds: 7 },
    )
    const found = ratioOf(pair, pair[1]!.variant, pair[0]!.variant)
    timings.push(...pair)
    numbers.push({ name: `${where}: ${name}`, ...found, unit: 'x', ...(PROMISED.includes(name) && { target: { atLeast: 1 } }) })
  }
  for (const optimizer of made) optimizer.dispose()
  tf.dispose([variables, gradients])
  return { timings, numbers }
}
