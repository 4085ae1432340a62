/**
 * The next character of this project's own documents, foretold by a plain recurrent network and by an LSTM.
 *
 *     npm run example -- char-rnn
 *
 * Both read 32 characters and guess each next one. The learning rates are where clipping begins to decide: the plain network explodes
 * without a limit; the LSTM, whose gates were made against just that, bears five times the rate and then breaks in some seeds. At a
 * rate of 1 (--rate 1) nothing breaks, and a limit below the usual norm only slows the plain network down. The optimiser is
 * SGD, as in the papers that brought clipping to language models (Mikolov 2012; Pascanu et al. 2013, arXiv:1211.5063).
 */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import {
  add,
  cast,
  logSoftmax,
  matMul,
  mul,
  oneHot,
  reshape,
  type Scalar,
  sum,
  type Tensor2D,
  type Tensor3D,
  tensor1d,
  tidy,
  train,
} from '@tensorflow/tfjs-core'
import { selectBackend } from 'tau-rl'
import { descend } from './support/descend.js'
import { normalVariable, type RandomStream, stream, zeroVariable } from './support/draw.js'
import { lstmRecurrence, tanhRecurrence } from './support/recurrence.js'
import { type Course, type Row, type RunOptions, type Study, studies } from './support/study.js'

const DOCUMENTS = ['README.md', 'ARCHITECTURE.md']
const LENGTH = 32 // characters read
const BATCH = 8 // places in the text
const UNITS = 32

interface Cell {
  readonly name: string
  readonly title: string
  /** Columns of the input per unit. */
  readonly gates: number
  readonly recurrence: (z: Tensor3D, weights: Tensor2D) => Tensor3D
  readonly rate: number
  readonly steps: number
}

const CELLS: readonly Cell[] = [
  { name: 'rnn', title: 'plain RNN', gates: 1, recurrence: tanhRecurrence, rate: 4, steps: 250 },
  { name: 'lstm', title: 'LSTM', gates: 4, recurrence: lstmRecurrence, rate: 20, steps: 100 },
]

/** The documents as numbers: printable ASCII and line ends, runs of blanks as one. */
interface Corpus {
  readonly codes: Int32Array
  readonly letters: number
}

/** @param args the flags of a command line @returns one list of rows per cell, as printed */
export async function main(args: readonly string[], print?: (line: string) => void): Promise<Row[][]> {
  await selectBackend('wasm')
  const corpus = readCorpus()
  return studies(
    CELLS.map((cell) => study(cell, corpus)),
    args,
    print,
  )
}

const study = (cell: Cell, corpus: Corpus): Study => ({
  name: `char-${cell.name}`,
  title: `Characters of the documents, ${cell.title}, SGD`,
  measure: 'cross-entropy in nats per character',
  better: 'lower',
  guess: Math.log(corpus.letters),
  clips: ['none', 'global-norm:tau=0.25', 'zclip', 'auto', 'agc', 'loss-feedback'],
  seeds: 3,
  steps: cell.steps,
  rate: cell.rate,
  run: async (options) => run(cell, corpus, options),
})

function run({ gates, recurrence }: Cell, corpus: Corpus, { clip, seed, steps, rate }: RunOptions): Course {
  const weights = stream(seed, 'weights')
  const data = stream(seed, 'data')
  const { letters } = corpus
  const input = normalVariable(weights, [letters, gates * UNITS], 0.5)
  const recurrent = normalVariable(weights, [UNITS, gates * UNITS], 1 / Math.sqrt(UNITS))
  const bias = zeroVariable(gates * UNITS)
  const readout = normalVariable(weights, [UNITS, letters], 1 / Math.sqrt(UNITS))
  const offset = zeroVariable(letters)

  const loss = (): Scalar =>
    tidy(() => {
      const { now, next } = windows(corpus, data)
      const z = reshape(add(matMul(oneHots(now, letters), input), bias), [LENGTH, BATCH, gates * UNITS]) as Tensor3D
      const hidden = reshape(recurrence(z, recurrent), [LENGTH * BATCH, UNITS]) as Tensor2D
      const scores = logSoftmax(add(matMul(hidden, readout), offset))
      return mul(sum(mul(oneHots(next, letters), scores)), -1 / (LENGTH * BATCH)) as Scalar
    })
  return descend(train.sgd(rate), { clip, steps, loss, variables: [input, recurrent, bias, readout, offset] })
}

/** Characters at random places and the ones after them, row = t·BATCH + b. */
function windows({ codes }: Corpus, random: RandomStream): { now: Int32Array; next: Int32Array } {
  const now = new Int32Array(LENGTH * BATCH)
  const next = new Int32Array(LENGTH * BATCH)
  for (let b = 0; b < BATCH; b++) {
    const from = random.below(codes.length - LENGTH)
    for (let t = 0; t < LENGTH; t++) {
      now[t * BATCH + b] = codes[from + t]!
      next[t * BATCH + b] = codes[from + t + 1]!
    }
  }
  return { now, next }
}

/** A product with these picks rows of a matrix, and has a gradient on every backend; tf.gather has none on wasm. */
const oneHots = (codes: Int32Array, letters: number): Tensor2D => cast(oneHot(tensor1d(codes, 'int32'), letters), 'float32') as Tensor2D

function readCorpus(): Corpus {
  const text = DOCUMENTS.map((name) => readFileSync(new URL(`../${name}`, import.meta.url), 'utf8')).join('\n')
  const plain = text.replaceAll(/[^\n -~]/g, '').replaceAll(/ {2,}/g, ' ')
  const alphabet = [...new Set(plain)].sort()
  return { codes: Int32Array.from(plain, (letter) => alphabet.indexOf(letter)), letters: alphabet.length }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process.argv.slice(2))
