/**
 * accelerate(tf) against the stock wasm backend, on the gradients that deep reinforcement learning takes: two MLPs, a MinAtar-sized CNN, a
 * Nature CNN. Plain tfjs code, the same for every variant; stock wasm has no gradient of convolutions, there only the forward pass compares.
 */
import * as tf from '@tensorflow/tfjs-core'
import { selectBackend } from '../../../src/backend/backends.js'
import { type Acceleration, accelerate, type HeapBuild } from '../../../src/kernels/accelerate.js'
import type { BenchEntry, BenchNumber } from '../entry.js'
import { measure, ratioOf, type Timing, type Work } from '../harness.js'

interface Network {
  readonly forward: (x: tf.Tensor) => tf.Tensor
  readonly variables: tf.Variable[]
}

interface CnnSizes {
  readonly batch: number
  readonly image: readonly [number, number, number]
  /** [filter size, filters, stride] */
  readonly layers: readonly (readonly [number, number, number])[]
  readonly hidden: number
}

const ACTIONS = 6
const MLP_BATCH = 256
const MINATAR: CnnSizes = { batch: 256, image: [10, 10, 4], layers: [[3, 16, 1]], hidden: 128 }
const NATURE: CnnSizes = {
  batch: 32,
  image: [84, 84, 4],
  layers: [
    [8, 32, 4],
    [4, 64, 2],
    [3, 64, 1],
  ],
  hidden: 512,
}

export const accelerated: BenchEntry = {
  name: 'accelerate',
  what: 'accelerate(tf) against the stock wasm backend of TensorFlow.js: gradients of MLPs and CNNs',

  async run() {
    const active = tf.getBackend()
    await selectBackend('wasm', undefined, { accelerate: false })
    const kernels = switching()
    const before = new Set(Object.keys(tf.engine().registeredVariables))
    const timings: Timing[] = []
    const numbers: BenchNumber[] = []
    const pair = async (name: string, work: Work, atLeast: number | null): Promise<void> => {
      const found = await measure(
        {
          [`${name}, stock`]: kernels.with(null, work),
          [`${name}, accelerated`]: kernels.with('auto', work),
          [`${name}, accelerated, strict build`]: kernels.with('strict', work),
        },
        { rounds: 5 },
      )
      timings.push(...found)
      const [stock, auto, strict] = found.map(({ variant }) => variant) as [string, string, string]
      numbers.push({ name, unit: 'x', ...ratioOf(found, stock, auto), ...(atLeast !== null && { target: { atLeast } }) })
      numbers.push({ name: `${name}: strict build against auto`, unit: 'x', ...ratioOf(found, auto, strict) })
    }
    const alone = async (name: string, work: Work, atMost: number | null): Promise<void> => {
      const found = await measure({ [`${name}, accelerated`]: kernels.with('auto', work) }, { rounds: 5 })
      timings.push(...found)
      numbers.push({ name, value: found[0]!.cpuMs, unit: 'ms', ...(atMost !== null && { target: { atMost } }) })
    }

    await pair(`two MLPs 17-256-256-6, gradient of ${MLP_BATCH} rows`, mlpGradient(), 7)
    for (const [name, sizes, atMost] of [
      ['MinAtar CNN', MINATAR, 12],
      ['Nature CNN', NATURE, null],
    ] as const) {
      const { forward, gradient } = cnn(sizes)
      await pair(`${name}, forward of ${sizes.batch} images`, forward, null)
      await alone(`${name}, gradient of ${sizes.batch} images`, gradient, atMost)
    }

    kernels.restore()
    for (const [name, variable] of Object.entries(tf.engine().registeredVariables)) if (!before.has(name)) variable.dispose()
    await selectBackend(active, undefined, { accelerate: false })
    return { unit: 'pass', timings, numbers, notes: ['stock wasm has no gradient of a convolution at all'] }
  },
}

/** Puts a variant's kernels in place before its work, when they are not. */
function switching(): { readonly with: (build: 'auto' | HeapBuild | null, work: Work) => Work; readonly restore: () => void } {
  let now: 'auto' | HeapBuild | null = null
  let acceleration: Acceleration | null = null
  const to = (build: typeof now): void => {
    if (build === now) return
    acceleration?.undo()
    acceleration = build === null ? null : accelerate(tf, { build })
    now = build
  }
  return {
    with: (build, work) => () => {
      to(build)
      return work()
    },
    restore: () => to(null),
  }
}

/** Actor and critic, tanh, with a policy-gradient loss and a squared error. */
function mlpGradient(): Work {
  const [actor, critic] = [mlp([17, 256, 256, ACTIONS], 1), mlp([17, 256, 256, 1], 2)]
  const x = tf.randomNormal([MLP_BATCH, 17], 0, 1, 'float32', 3)
  const actions = oneHot(MLP_BATCH)
  const returns = tf.randomNormal([MLP_BATCH, 1], 0, 1, 'float32', 4)
  return gradient(
    () =>
      tf.add(
        tf.neg(tf.mean(tf.sum(tf.mul(tf.logSoftmax(actor.forward(x)), actions), -1))),
        tf.mean(tf.square(tf.sub(critic.forward(x), returns))),
      ),
    [...actor.variables, ...critic.variables],
  )
}

function cnn({ batch, image, layers, hidden }: CnnSizes): { readonly forward: Work; readonly gradient: Work } {
  const [height, width] = image
  let [channels, size] = [image[2], height]
  const filters = layers.map(([kernel, out, stride], i) => {
    const layer = [weights([kernel, kernel, channels, out], i), tf.variable(tf.zeros([out])), stride] as const
    channels = out
    size = Math.floor((size - kernel) / stride) + 1
    return layer
  })
  const head = mlp([size * size * channels, hidden, ACTIONS], 9, tf.relu)
  const images = tf.randomUniform([batch, height, width, image[2]], 0, 1, 'float32', 5)
  const actions = oneHot(batch)
  const forward = (): tf.Tensor => {
    const features = filters.reduce<tf.Tensor>(
      (x, [filter, bias, stride]) => tf.relu(tf.add(tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, stride, 'valid'), bias)),
      images,
    )
    return head.forward(tf.reshape(features, [batch, -1]))
  }
  const variables = [...filters.flatMap((layer) => layer.slice(0, 2) as tf.Variable[]), ...head.variables]
  return {
    forward: () => tf.dispose(tf.tidy(forward)),
    gradient: gradient(() => tf.neg(tf.mean(tf.mul(tf.logSoftmax(forward()), actions))), variables),
  }
}

function mlp(sizes: readonly number[], seed: number, activation: (x: tf.Tensor) => tf.Tensor = tf.tanh): Network {
  const layers = sizes
    .slice(1)
    .map((outputs, i) => [weights([sizes[i]!, outputs], 100 * seed + i), tf.variable(tf.zeros([outputs]))] as const)
  return {
    variables: layers.flat(),
    forward: (x) =>
      layers.reduce((h, [kernel, bias], i) => {
        const y = tf.add(tf.matMul(h, kernel), bias)
        return i < layers.length - 1 ? activation(y) : y
      }, x),
  }
}

function weights(shape: readonly number[], seed: number): tf.Variable {
  const inputs = shape.slice(0, -1).reduce((product, n) => product * n, 1)
  return tf.tidy(() => tf.randomNormal([...shape], 0, 1 / Math.sqrt(inputs), 'float32', seed).variable())
}

const oneHot = (rows: number): tf.Tensor =>
  tf.tidy(() =>
    tf.cast(
      tf.oneHot(
        tf.tensor1d(
          Int32Array.from({ length: rows }, (_, i) => i % ACTIONS),
          'int32',
        ),
        ACTIONS,
      ),
      'float32',
    ),
  )

function gradient(loss: () => tf.Tensor, variables: tf.Variable[]): Work {
  return () => {
    const { value, grads } = tf.variableGrads(loss as () => tf.Scalar, variables)
    tf.dispose([value, grads])
  }
}
