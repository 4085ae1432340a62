/**
 * Ten convolutions without normalisation layers: at a learning rate where clipping decides whether they learn at all.
 *
 *     npm run example -- deep-cnn
 *
 * The images are made here: 8 × 8 stripes in one of four directions, with a random phase and width and some noise. Without a limit the
 * first steep steps leave a network that answers the same for every image ever after: its loss is finite, and stuck at that of guessing.
 * Deep networks without normalisation are where adaptive gradient clipping comes from (Brock et al. 2021, arXiv:2102.06171). Trained with
 * `model.fit`, as any TensorFlow.js model.
 */
import { fileURLToPath } from 'node:url'
import { type Tensor2D, type Tensor4D, tensor2d, tensor4d, train } from '@tensorflow/tfjs-core'
import { initializers, type Logs, layers, type Sequential, sequential } from '@tensorflow/tfjs-layers'
import { RunError, selectBackend, withClipping } from 'tau-rl'
import { registerConvGradient } from './support/conv-gradient.js'
import { courseRecorder, FEEDBACK_EVERY } from './support/descend.js'
import { stream } from './support/draw.js'
import { type Course, type Row, type RunOptions, type Study, studies } from './support/study.js'

const SIZE = 8 // pixels in each direction
const CLASSES = 4 // directions of the stripes
const NOISE = 0.5 // standard deviation; the stripes go from −1 to 1
const DEPTH = 10 // convolutions
const HALVED = 3 // this one looks at every second pixel, and those after it see 4 × 4
const CHANNELS = 8
const BATCH = 16 // images

const STUDY: Study = {
  name: 'deep-cnn',
  title: `Stripes, CNN of ${DEPTH} convolutions without normalisation, SGD`,
  measure: 'cross-entropy in nats',
  better: 'lower',
  guess: Math.log(CLASSES),
  clips: ['none', 'global-norm:tau=1', 'zclip', 'auto', 'agc', 'loss-feedback'],
  seeds: 3,
  steps: 120,
  rate: 0.2,
  run,
}

/** @param args the flags of a command line @returns one list of rows, as printed */
export async function main(args: readonly string[], print?: (line: string) => void): Promise<Row[][]> {
  await selectBackend('wasm')
  registerConvGradient()
  return studies([STUDY], args, print)
}

async function run({ clip, seed, steps, rate }: RunOptions): Promise<Course> {
  const { images, labels } = stripes(seed, steps * BATCH)
  const model = network(seed)
  const optimizer = withClipping(train.sgd(rate), clip, { feedbackEvery: FEEDBACK_EVERY })
  model.compile({ optimizer, loss: 'categoricalCrossentropy' })
  const recorder = courseRecorder(optimizer, clip)
  const onBatchEnd = async (_batch: number, logs?: Logs) => {
    if (!recorder.record(logs?.['loss'] as number)) model.stopTraining = true
  }
  try {
    // no shuffling: each image is new anyway, and tfjs shuffles with numbers that no seed decides
    const options = { batchSize: BATCH, epochs: 1, shuffle: false, verbose: 0, yieldEvery: 'never' } as const
    await model.fit(images, labels, { ...options, callbacks: { onBatchEnd } })
  } catch (error) {
    if (!(error instanceof RunError)) throw error
    recorder.record(Number.NaN) // too many gradients in a row were not finite
  } finally {
    model.dispose()
    optimizer.dispose()
    images.dispose()
    labels.dispose()
  }
  return recorder.course()
}

function network(seed: number): Sequential {
  const model = sequential()
  for (let i = 0; i < DEPTH; i++) {
    const kernelInitializer = initializers.heNormal({ seed: 1000 * seed + i })
    const shape = i === 0 ? { inputShape: [SIZE, SIZE, 1] } : {}
    const strides = i === HALVED ? 2 : 1
    model.add(
      layers.conv2d({ ...shape, filters: CHANNELS, kernelSize: 3, strides, padding: 'same', activation: 'relu', kernelInitializer }),
    )
  }
  model.add(layers.flatten())
  const kernelInitializer = initializers.glorotNormal({ seed: 1000 * seed + DEPTH })
  model.add(layers.dense({ units: CLASSES, activation: 'softmax', kernelInitializer }))
  return model
}

/** @returns images [n, SIZE, SIZE, 1] and labels [n, CLASSES], one-hot */
function stripes(seed: number, n: number): { images: Tensor4D; labels: Tensor2D } {
  const random = stream(seed, 'images')
  const images = new Float32Array(n * SIZE * SIZE)
  const labels = new Float32Array(n * CLASSES)
  for (let i = 0; i < n; i++) {
    const label = random.below(CLASSES)
    labels[i * CLASSES + label] = 1
    const angle = (label * Math.PI) / CLASSES
    const phase = 2 * Math.PI * random.next()
    const frequency = (2 * Math.PI) / (3 + 2 * random.next()) // one stripe in 3 to 5 pixels
    for (let row = 0; row < SIZE; row++) {
      for (let column = 0; column < SIZE; column++) {
        const along = row * Math.cos(angle) + column * Math.sin(angle)
        images[(i * SIZE + row) * SIZE + column] = Math.sin(phase + frequency * along) + NOISE * random.normal()
      }
    }
  }
  return { images: tensor4d(images, [n, SIZE, SIZE, 1]), labels: tensor2d(labels, [n, CLASSES]) }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process.argv.slice(2))
