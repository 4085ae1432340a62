/**
 * The kernels in WebAssembly: matrix products against the most that one core can do with 128-bit vectors (a loop of multiply-adds on
 * registers, measured in the same rounds), and the build that multiplies and adds against the one that fuses both.
 */
import { packedSize, packedTransposedSize, padded } from '../../../src/kernels/kernels.js'
import { bestBuild, loadWasmKernels, type WasmBuild } from '../../../src/kernels/load.js'
import type { BenchEntry, BenchNumber } from '../entry.js'
import { measure, ratioOf, type Work } from '../harness.js'

const SIDE = 64
/** Multiplications and additions of one product. */
const OPERATIONS = 2 * SIDE ** 3
/** Products per call, so that `peak` (96 operations a turn) can do exactly as many. */
const PRODUCTS = 3
const ACTIONS = 2
const SIZES = [4, SIDE, SIDE, ACTIONS]

export const kernels: BenchEntry = {
  name: 'kernels',
  what: `products of ${SIDE}³ against the core's peak; a network's gradient; multiply-add against fused multiply-add`,

  async run() {
    const best = bestBuild()
    if (best === null) return { unit: 'call', timings: [], numbers: [], notes: ['no WebAssembly SIMD on this machine'] }
    const builds: readonly WasmBuild[] = best === 'relaxed' ? ['relaxed', 'strict'] : ['strict']
    const timings = await measure(Object.assign({}, ...builds.map(worksOf)) as Record<string, Work>, { units: PRODUCTS, roundMs: 30 })

    const numbers: BenchNumber[] = []
    for (const build of builds) {
      for (const what of ['forward', 'inputs', 'weights']) {
        const share = ratioOf(timings, `peak, ${build}`, `${what}, ${build}`)
        const target = what === 'forward' ? { target: { atLeast: 0.8 } } : {}
        numbers.push({ name: `${what}, share of peak, ${build}`, ...share, unit: 'x', ...target })
      }
      const { cpuMs } = timings.find(({ variant }) => variant === `forward, ${build}`)!
      numbers.push({ name: `forward, ${build}`, value: OPERATIONS / cpuMs / 1e6, unit: 'GF/s' })
    }
    if (best === 'relaxed') {
      const speed = ratioOf(timings, 'gradient, relaxed', 'gradient, strict')
      numbers.push({ name: 'speed of strict, of relaxed, gradient', ...speed, unit: 'x', target: { atLeast: 0.8 } })
    }
    return { unit: `product of ${SIDE}³, or gradient of a ${SIZES.join('-')} network at ${SIDE} rows`, timings, numbers }
  },
}

function worksOf(build: WasmBuild): Record<string, Work> {
  const k = loadWasmKernels(build)
  const room = (floats: number) => k.memory.allocate(floats)
  const rows = SIDE
  const layers = SIZES.slice(1).map((outputs, i) => {
    const inputs = SIZES[i]!
    const [weights, bias, dWeights, dBias] = [inputs * outputs, outputs, inputs * outputs, outputs].map(room) as [
      number,
      number,
      number,
      number,
    ]
    const [packed, transposed] = [room(packedSize(inputs, outputs)), room(packedTransposedSize(inputs, outputs))]
    const [y, dy] = [room(rows * padded(outputs)), room(rows * padded(outputs))]
    new Float32Array(k.memory.buffer, weights, inputs * outputs).forEach((_, j, all) => {
      all[j] = Math.sin(j) / Math.sqrt(inputs)
    })
    k.pack(weights, bias, inputs, outputs, packed)
    k.packTransposed(weights, inputs, outputs, transposed)
    return { inputs, outputs, dWeights, dBias, packed, transposed, y, dy }
  })
  const [x, sizes, index, actions, old, advantages, stats] = [rows * 8, 1, rows, rows, rows, rows, 8].map(room) as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  new Int32Array(k.memory.buffer)[sizes / 4] = ACTIONS
  for (let row = 0; row < rows; row++) {
    new Int32Array(k.memory.buffer)[index / 4 + row] = row
    const f32 = new Float32Array(k.memory.buffer)
    for (let c = 0; c < SIZES[0]!; c++) f32[x / 4 + row * 8 + c] = Math.cos(row + c)
    f32[actions / 4 + row] = row % ACTIONS
    f32[old / 4 + row] = -Math.log(ACTIONS)
    f32[advantages / 4 + row] = Math.sin(row)
  }
  const middle = layers[1]!
  const last = layers.at(-1)!
  const times = (work: () => void) => () => {
    for (let i = 0; i < PRODUCTS; i++) work()
  }

  const gradient = () => {
    let [from, ld] = [x, 8]
    for (const { inputs, outputs, packed, y } of layers) {
      k.forward(rows, inputs, outputs, from, ld, packed, y, padded(outputs), outputs === ACTIONS ? 0 : 1)
      ;[from, ld] = [y, padded(outputs)]
    }
    k.categoricalHead(rows, 1, sizes, last.y, 8, index, actions, old, advantages, 0, 1, 0.2, 0.01, 0, 1 / rows, stats)
    for (let i = layers.length - 1; i >= 0; i--) {
      const { inputs, outputs, transposed, dWeights, dBias, dy, y } = layers[i]!
      const [d, below] = [i === layers.length - 1 ? y : dy, layers[i - 1]]
      k.backwardWeights(rows, inputs, outputs, below?.y ?? x, padded(inputs), d, padded(outputs), dWeights, dBias)
      if (below) k.backwardInput(rows, inputs, outputs, d, padded(outputs), transposed, below.dy, padded(inputs), 1, below.y)
    }
  }
  const { packed, transposed, y, dy, dWeights, dBias } = middle
  const input = layers[0]!.y
  return {
    [`peak, ${build}`]: () => void k.peak((PRODUCTS * OPERATIONS) / 96, 0.5),
    [`forward, ${build}`]: times(() => k.forward(rows, SIDE, SIDE, input, SIDE, packed, y, SIDE, 0)),
    [`inputs, ${build}`]: times(() => k.backwardInput(rows, SIDE, SIDE, y, SIDE, transposed, dy, SIDE, 0, input)),
    [`weights, ${build}`]: times(() => k.backwardWeights(rows, SIDE, SIDE, input, SIDE, y, SIDE, dWeights, dBias)),
    [`gradient, ${build}`]: times(gradient),
  }
}
