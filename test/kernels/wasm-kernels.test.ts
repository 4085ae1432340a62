import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { generate, MODULES } from '../../scripts/kernels/modules.js'
import { RunError } from '../../src/core/errors.js'
import { type Kernels, packedSize, packedTransposedSize } from '../../src/kernels/kernels.js'
import { bestBuild, kernelModule, kernelsOn, loadKernels, loadWasmKernels } from '../../src/kernels/load.js'
import { memoryOn } from '../../src/kernels/memory.js'
import { plainKernels } from '../../src/kernels/plain.js'
import { kernelsSuite } from '../suites/kernels.js'
import { kernelBench, randomFloats } from '../support/kernel-bench.js'

const RELAXED = bestBuild() === 'relaxed' // not every machine fuses
const BUILDS = RELAXED ? (['strict', 'relaxed'] as const) : (['strict'] as const)

for (const build of BUILDS) kernelsSuite(build, () => loadWasmKernels(build))

describe.each(BUILDS)('%s functions', (build) => {
  const k = loadWasmKernels(build)
  const of = (f: 'tanh' | 'exp', values: Float32Array): Float32Array => {
    const at = k.memory.allocate(values.length)
    new Float32Array(k.memory.buffer).set(values, at / 4)
    k[f](at, at, values.length)
    return new Float32Array(k.memory.buffer, at, values.length)
  }

  test('tanh is within 5e-7, odd, and never beyond 1', () => {
    const x = Float32Array.from({ length: 400_000 }, (_, i) => (i - 200_000) / 20_000)
    const y = of('tanh', x)
    const minus = of(
      'tanh',
      x.map((v) => -v),
    )
    let worst = 0
    x.forEach((v, i) => {
      worst = Math.max(worst, Math.abs(y[i]! - Math.tanh(v)))
      if (minus[i] !== -y[i]! || Math.abs(y[i]!) > 1) expect.fail(`tanh(${v}) = ${y[i]}, tanh(${-v}) = ${minus[i]}`)
    })
    expect(worst).toBeLessThan(5e-7)
    expect([...of('tanh', Float32Array.of(0, Number.POSITIVE_INFINITY, -1e30, Number.NaN))]).toBeAllClose([0, 1, -1, Number.NaN], 1e-6)
  })

  test('exp is within 3e-7 of itself, 0 far below and Infinity far above', () => {
    const x = Float32Array.from({ length: 400_000 }, (_, i) => -87.2 + (i / 400_000) * 175.4)
    const y = of('exp', x)
    let worst = 0
    x.forEach((v, i) => {
      worst = Math.max(worst, Math.abs(y[i]! / Math.exp(v) - 1))
    })
    expect(worst).toBeLessThan(3e-7)
    const { NaN: nan, POSITIVE_INFINITY: inf } = Number
    expect([...of('exp', Float32Array.of(0, -88, -1e8, -inf, 89, 1e8, inf, nan))]).toEqual([1, 0, 0, 0, inf, inf, inf, nan])
  })
})

describe('the builds', () => {
  test('generated files are what their sources compile to', async () => {
    for (const module of MODULES) {
      const file = new URL(`../../src/kernels/generated/${module.name}.ts`, import.meta.url)
      expect(readFileSync(file, 'utf8') === (await generate(module)), `${module.name}: run \`npm run kernels\``).toBe(true)
    }
  })

  test('strict has the same bits on every machine', () => {
    expect(
      createHash('sha256')
        .update(course(loadWasmKernels('strict')))
        .digest('hex')
        .slice(0, 16),
    ).toBe('e31761165d2983a5')
  })

  test.runIf(RELAXED)('relaxed repeats its bits, and is within 1e-5 of strict and plain', () => {
    const relaxed = course(loadWasmKernels('relaxed'))
    expect(course(loadWasmKernels('relaxed'))).toEqual(relaxed)
    for (const other of [loadWasmKernels('strict'), plainKernels()]) {
      const found = course(other)
      expect(found).not.toEqual(relaxed)
      expect(found).toBeAllClose(relaxed, 1e-5, 1e-5)
    }
  })

  test('fusing is what makes relaxed another build', () => {
    const x = 1 + 2 ** -12
    const [fused, rounded] = [2 ** -24, 0]
    expect(loadWasmKernels('strict').multiplyAdd(x, x, -(1 + 2 ** -11))).toBe(rounded)
    if (RELAXED) expect(loadWasmKernels('relaxed').multiplyAdd(x, x, -(1 + 2 ** -11))).toBe(fused)
  })

  test('auto takes the best, a name that build', () => {
    expect(loadKernels().build).toBe(bestBuild())
    for (const build of [...BUILDS, 'plain'] as const) expect(loadKernels({ build }).build).toBe(build)
  })
})

describe('a machine that lacks something', () => {
  const { validate } = WebAssembly
  const loadedWhere = async (valid: typeof validate) => {
    vi.resetModules() // what a machine can do is found out once
    vi.spyOn(WebAssembly, 'validate').mockImplementation(valid)
    const { loadKernels: load, bestBuild: best } = await import('../../src/kernels/load.js')
    return { load, best: best() }
  }
  afterEach(() => vi.restoreAllMocks())

  test('without SIMD: plain, and a message to whoever wants another build', async () => {
    const { load, best } = await loadedWhere(() => false)
    expect(best).toBeNull()
    expect(load().build).toBe('plain')
    expect(() => load({ build: 'strict' })).toThrow(/strict build cannot run here: WebAssembly has no SIMD/)
  })

  test('without relaxed SIMD: strict', async () => {
    let calls = 0
    const { load, best } = await loadedWhere((bytes) => calls++ > 0 && validate(bytes)) // relaxed is asked for first
    expect(best).toBe('strict')
    expect(load().build).toBe('strict')
    expect(() => load({ build: 'relaxed' })).toThrow(/take the strict build/)
  })
})

describe('the memory', () => {
  test('and the module can be handed to another thread', async () => {
    const { build, memory } = loadWasmKernels(BUILDS.at(-1)!)
    const at = memory.allocate(8)
    new Float32Array(memory.buffer, at, 8).fill(2)
    const program = `const { module, wasm, at } = require('node:worker_threads').workerData
      new WebAssembly.Instance(module, { env: { memory: wasm } }).exports.scale(at, 7, 3)`
    const worker = new Worker(program, { eval: true, workerData: { module: kernelModule(build), wasm: memory.wasm, at } })
    expect(await once(worker, 'exit')).toEqual([0])
    expect([...new Float32Array(memory.buffer, at, 8)]).toEqual([...new Array(7).fill(6), 2])
  })

  test('is one for all who attach to it, and each may allocate', () => {
    const first = loadWasmKernels('strict')
    const second = kernelsOn('strict', kernelModule('strict'), memoryOn(first.memory.wasm))
    const places = [first, second, first, second].map(({ memory }) => memory.allocate(20))
    expect(new Set(places).size).toBe(4)
    new Float32Array(first.memory.buffer, places[0]!, 20).fill(2)
    second.scale(places[0]!, 19, 3)
    expect([...new Float32Array(first.memory.buffer, places[0]!, 20)]).toEqual([...new Array(19).fill(6), 2])
  })

  test('that cannot be had is refused with the remedy', () => {
    const { memory } = loadWasmKernels('strict')
    expect(() => memory.allocate(2 ** 29)).toThrow(RunError)
    expect(() => memory.allocate(2 ** 29)).toThrow(/2048 MiB more.*smaller network/)
    const after = memory.allocate(4)
    expect([...new Float32Array(memory.buffer, after, 4)]).toEqual([0, 0, 0, 0])
  })
})

/** Every kernel once, each on what the one before left. @returns all results */
function course(k: Kernels): Float32Array {
  const b = kernelBench(k)
  const [rows, inputs, outputs] = [13, 11, 7]
  const weights = b.floats(randomFloats(1, 'weights', inputs * outputs, 0.5))
  const bias = b.floats(randomFloats(1, 'bias', outputs, 0.5))
  const [packed, transposed] = [packedSize, packedTransposedSize].map((size) => b.floats(new Float32Array(size(inputs, outputs)))) as [
    number,
    number,
  ]
  k.pack(weights, bias, inputs, outputs, packed)
  k.packTransposed(weights, inputs, outputs, transposed)
  const index = b.ints(Array.from({ length: rows }, (_, i) => (i * 5) % rows))
  const x = b.rows(new Float32Array(rows * inputs), rows, inputs)
  k.gather(b.floats(randomFloats(1, 'x', rows * inputs)), index, rows, inputs, x, 16)
  const found: number[] = []
  for (const activation of [1, 2, 3, 0] as const) {
    const y = b.rows(new Float32Array(rows * outputs), rows, outputs)
    k.forward(rows, inputs, outputs, x, 16, packed, y, 8, activation)
    found.push(...b.readRows(y, rows, outputs))
    const sample = [b.floats(randomFloats(2, 'old', rows, 0.1).map((v) => v - 3)), b.floats(randomFloats(2, 'adv', rows))] as const
    const [stats, dLogStd, dBias] = [b.stats(4), b.floats(new Float32Array(outputs)), b.floats(new Float32Array(outputs))]
    const tail = [...sample, 0.1, 1.1, 0.2, 0.01, activation === 0 ? 1 : 0, 1 / rows, stats] as const
    if (activation === 1) {
      const actions = b.floats(randomFloats(3, 'actions', rows * outputs))
      k.gaussianHead(rows, outputs, y, 8, b.floats(new Float32Array(outputs).fill(-0.1)), dLogStd, index, actions, ...tail)
    } else if (activation === 2) k.valueHead(rows, y, 8, index, sample[0], sample[1], 0.2, 1, 0.5, 1 / rows, stats)
    else k.categoricalHead(rows, 2, b.ints([3, 4]), y, 8, index, b.floats(new Float32Array(2 * rows).fill(2)), ...tail)
    found.push(...b.readDoubles(stats, 4), ...b.read(dLogStd, outputs), ...b.readRows(y, rows, outputs))
    const dx = b.rows(new Float32Array(rows * inputs), rows, inputs)
    k.backwardInput(rows, inputs, outputs, y, 8, transposed, dx, 16, activation, x)
    const dWeights = b.floats(new Float32Array(inputs * outputs))
    k.backwardWeights(rows, inputs, outputs, x, 16, y, 8, dWeights, dBias)
    const [p, m, v] = [b.floats(randomFloats(4, 'p', 77)), b.floats(new Float32Array(77)), b.floats(new Float32Array(77))]
    found.push(...b.readRows(dx, rows, inputs), ...b.read(dWeights, 77), ...b.read(dBias, outputs), k.sumOfSquares(dWeights, 77))
    k.scale(dWeights, 77, 0.9)
    k.adam(p, dWeights, m, v, 77, 0.5, 0.9, 0.999, 0.01, 1, 0.01, 0.99, 0.001)
    k.rmsprop(p, dWeights, v, 77, 0.5, 0.9, 0.01, 0.01, 1)
    found.push(...[p, m, v].flatMap((at) => b.read(at, 77)))
  }
  return Float32Array.from(found)
}
