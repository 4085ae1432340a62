/**
 * The adding problem: does a plain recurrent network remember over twenty steps, and does clipping decide it?
 *
 *     npm run example -- adding-problem
 *
 * Each step brings a number in [0, 1) and a mark; two numbers of the sequence are marked, one in each half, and at the end the network
 * must name their sum. Always answering 1 leaves a mean squared error of 1/6. Source: Hochreiter & Schmidhuber 1997, with clipping as in
 * Pascanu et al. 2013 (arXiv:1211.5063). Their sequences are longer and their runs a hundred times longer; this length fits a minute.
 *
 * The recurrent weights start with a spectral radius near 1.2, so that what is twenty steps back still matters, and gradients that
 * travel that far can grow. The optimiser is plain SGD, whose steps grow with the gradient. At a tenth of the rate (--rate 0.02) nothing
 * explodes and clipping changes nothing.
 */
import { fileURLToPath } from 'node:url'
import {
  add,
  matMul,
  mean,
  reshape,
  type Scalar,
  slice,
  square,
  sub,
  type Tensor2D,
  type Tensor3D,
  tensor2d,
  tidy,
  train,
} from '@tensorflow/tfjs-core'
import { selectBackend } from 'tau-rl'
import { descend } from './support/descend.js'
import { normalVariable, type RandomStream, stream, zeroVariable } from './support/draw.js'
import { tanhRecurrence } from './support/recurrence.js'
import { type Course, type Row, type RunOptions, type Study, studies } from './support/study.js'

const LENGTH = 20 // steps of a sequence
const BATCH = 16 // sequences
const UNITS = 32
const RADIUS = 1.2 // of the recurrent weights' spectrum, about

const STUDY: Study = {
  name: 'adding-problem',
  title: `Adding problem over ${LENGTH} steps, plain RNN, SGD`,
  measure: 'mean squared error',
  better: 'lower',
  guess: 1 / 6,
  clips: ['none', 'global-norm:tau=1', 'zclip', 'auto', 'agc', 'loss-feedback'],
  seeds: 3,
  steps: 1000,
  rate: 0.2,
  run,
}

/** @param args the flags of a command line @returns one list of rows, as printed */
export async function main(args: readonly string[], print?: (line: string) => void): Promise<Row[][]> {
  await selectBackend('wasm')
  return studies([STUDY], args, print)
}

async function run({ clip, seed, steps, rate }: RunOptions): Promise<Course> {
  const weights = stream(seed, 'weights')
  const data = stream(seed, 'data')
  const input = normalVariable(weights, [2, UNITS], 0.5)
  const recurrent = normalVariable(weights, [UNITS, UNITS], RADIUS / Math.sqrt(UNITS))
  const bias = zeroVariable(UNITS)
  const readout = normalVariable(weights, [UNITS, 1], 1 / Math.sqrt(UNITS))
  const offset = zeroVariable(1)

  const loss = (): Scalar =>
    tidy(() => {
      const { x, y } = sequences(data)
      const z = reshape(add(matMul(x, input), bias), [LENGTH, BATCH, UNITS]) as Tensor3D
      const last = slice(tanhRecurrence(z, recurrent), [LENGTH - 1, 0, 0], [1, BATCH, UNITS])
      const answer = add(matMul(reshape(last, [BATCH, UNITS]) as Tensor2D, readout), offset)
      return mean(square(sub(answer, y))) as Scalar
    })
  return descend(train.sgd(rate), { clip, steps, loss, variables: [input, recurrent, bias, readout, offset] })
}

/** x [LENGTH·BATCH, 2], row = t·BATCH + b: a number, and 1 where it is marked; y [BATCH, 1]: the sum of the marked ones. */
function sequences(random: RandomStream): { x: Tensor2D; y: Tensor2D } {
  const x = new Float32Array(LENGTH * BATCH * 2)
  const y = new Float32Array(BATCH)
  const half = LENGTH / 2
  for (let b = 0; b < BATCH; b++) {
    for (let t = 0; t < LENGTH; t++) x[2 * (t * BATCH + b)] = random.next()
    for (const t of [random.below(half), half + random.below(half)]) {
      const at = 2 * (t * BATCH + b)
      x[at + 1] = 1
      y[b] = y[b]! + x[at]!
    }
  }
  return { x: tensor2d(x, [LENGTH * BATCH, 2]), y: tensor2d(y, [BATCH, 1]) }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process.argv.slice(2))
