/**
 * The laws of any implementation of `Kernels`, against float64 written out here or the losses and distributions of agents/.
 *
 * Shapes are random, with the widths around the tiles' edges. Every array lies between guards, so a kernel that writes too far is caught.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { a2cPolicyLoss, ppoPolicyLoss } from '../../agents/losses/policy.js'
import { valueLoss } from '../../agents/losses/value.js'
import { categorical } from '../../agents/networks/categorical.js'
import type { Distribution } from '../../agents/networks/distribution.js'
import { gaussian } from '../../agents/networks/gaussian.js'
import { type ActivationCode, type Kernels, packedSize, packedTransposedSize, padded } from '../../src/kernels/kernels.js'
import { kernelBench, randomFloats } from '../support/kernel-bench.js'

const width = fc.oneof(fc.integer({ min: 1, max: 20 }), fc.constantFrom(32, 63, 64, 65))
const rows = fc.oneof(fc.integer({ min: 1, max: 12 }), fc.constantFrom(63, 64, 65, 130))
const seed = fc.integer({ min: 0, max: 1e6 })
const activation = fc.constantFrom<ActivationCode>(0, 1, 2, 3)
const layer = { rows, inputs: width, outputs: width, activation, extra: fc.constantFrom(0, 1), seed }
const RUNS = { numRuns: 60 }

/** @param make kernels on a memory that tests may fill */
export function kernelsSuite(name: string, make: () => Kernels): void {
  const kernels = make()
  const bench = () => kernelBench(kernels)

  describe(`${name}: dense layers`, () => {
    test('forward is activation(x · weights + bias), with zeros in the padding and nothing beyond', () => {
      fc.assert(
        fc.property(fc.record(layer), (c) => {
          const b = bench()
          const x = randomFloats(c.seed, 'x', c.rows * c.inputs)
          const weights = randomFloats(c.seed, 'weights', c.inputs * c.outputs, c.inputs ** -0.5)
          const bias = randomFloats(c.seed, 'bias', c.outputs)
          const packed = b.floats(new Float32Array(packedSize(c.inputs, c.outputs)).fill(7))
          b.k.pack(b.floats(weights, 1), b.floats(bias, 3), c.inputs, c.outputs, packed)
          const y = b.rows(new Float32Array(c.rows * c.outputs).fill(7), c.rows, c.outputs, c.extra)
          const ldy = padded(c.outputs) + 8 * c.extra
          const at = b.rows(x, c.rows, c.inputs, c.extra)
          b.k.forward(c.rows, c.inputs, c.outputs, at, padded(c.inputs) + 8 * c.extra, packed, y, ldy, c.activation)
          const sums = product(x, weights, c.rows, c.inputs, c.outputs).map((s, i) => s + bias[i % c.outputs]!)
          expect(b.readRows(y, c.rows, c.outputs, c.extra)).toBeAllClose(
            sums.map((s) => activated(c.activation, s)),
            1e-5,
            5e-6,
          )
          b.checkGuards()
        }),
        RUNS,
      )
    })

    test('backwardInput is (dy · weightsᵀ) ⊙ activation′', () => {
      fc.assert(
        fc.property(fc.record(layer), (c) => {
          const b = bench()
          const dy = randomFloats(c.seed, 'dy', c.rows * c.outputs)
          const weights = randomFloats(c.seed, 'weights', c.inputs * c.outputs, c.outputs ** -0.5)
          const h = randomFloats(c.seed, 'h', c.rows * c.inputs).map((v) => activated(c.activation, v))
          const packed = b.floats(new Float32Array(packedTransposedSize(c.inputs, c.outputs)).fill(7))
          b.k.packTransposed(b.floats(weights, 2), c.inputs, c.outputs, packed)
          const ldx = padded(c.inputs) + 8 * c.extra
          const dx = b.rows(new Float32Array(c.rows * c.inputs).fill(7), c.rows, c.inputs, c.extra)
          const at = b.rows(h, c.rows, c.inputs, c.extra)
          const dyAt = b.rows(dy, c.rows, c.outputs)
          b.k.backwardInput(c.rows, c.inputs, c.outputs, dyAt, padded(c.outputs), packed, dx, ldx, c.activation, at)
          const transposed = Float32Array.from(weights, (_, i) => weights[(i % c.inputs) * c.outputs + Math.floor(i / c.inputs)]!)
          const expected = product(dy, transposed, c.rows, c.outputs, c.inputs).map((s, i) => s * slope(c.activation, h[i]!))
          expect(b.readRows(dx, c.rows, c.inputs, c.extra)).toBeAllClose(expected, 1e-5, 5e-6)
          b.checkGuards()
        }),
        RUNS,
      )
    })

    test('backwardWeights adds xᵀ · dy and the column sums', () => {
      fc.assert(
        fc.property(fc.record(layer), (c) => {
          const b = bench()
          const x = randomFloats(c.seed, 'x', c.rows * c.inputs)
          const dy = randomFloats(c.seed, 'dy', c.rows * c.outputs, c.rows ** -0.5)
          const before = randomFloats(c.seed, 'before', c.inputs * c.outputs)
          const dBiasBefore = randomFloats(c.seed, 'bias', c.outputs)
          const dWeights = b.floats(before, 1)
          const dBias = b.floats(dBiasBefore, 3)
          const at = b.rows(x, c.rows, c.inputs, c.extra)
          const dyAt = b.rows(dy, c.rows, c.outputs, c.extra)
          const more = 8 * c.extra
          b.k.backwardWeights(c.rows, c.inputs, c.outputs, at, padded(c.inputs) + more, dyAt, padded(c.outputs) + more, dWeights, dBias)
          const transposed = Float32Array.from(x, (_, i) => x[(i % c.rows) * c.inputs + Math.floor(i / c.rows)]!)
          const sums = product(transposed, dy, c.inputs, c.rows, c.outputs)
          expect(b.read(dWeights, before.length)).toBeAllClose(
            [...before].map((v, i) => v + sums[i]!),
            1e-5,
            1e-5,
          )
          const columns = product(new Float32Array(c.rows).fill(1), dy, 1, c.rows, c.outputs)
          expect(b.read(dBias, c.outputs)).toBeAllClose(
            [...dBiasBefore].map((v, i) => v + columns[i]!),
            1e-5,
            1e-5,
          )
          b.checkGuards()
        }),
        RUNS,
      )
    })

    test('gather copies the named rows', () => {
      fc.assert(
        fc.property(fc.record({ width, index: fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 20 }), seed }), (c) => {
          const b = bench()
          const source = randomFloats(c.seed, 'source', 10 * c.width)
          const out = b.rows(new Float32Array(c.index.length * c.width).fill(7), c.index.length, c.width, 1)
          b.k.gather(b.floats(source, 1), b.ints(c.index), c.index.length, c.width, out, padded(c.width) + 8)
          const expected = c.index.flatMap((i) => [...source.subarray(i * c.width, (i + 1) * c.width)])
          expect(b.readRows(out, c.index.length, c.width, 1)).toEqual(expected)
          b.checkGuards()
        }),
        RUNS,
      )
    })

    test.each([0, 1, 2, 3] as const)(
      'a NaN in one row reaches all its outputs and gradients, no other row and no padding (activation %i)',
      (act) => {
        const b = bench()
        const [R, I, O] = [7, 5, 6]
        const x = randomFloats(1, 'x', R * I).map(Math.abs) // a relu that is off holds back any gradient
        x[3 * I + 1] = Number.NaN
        const weights = b.floats(randomFloats(1, 'weights', I * O))
        const [packed, transposed] = [b.floats(new Float32Array(packedSize(I, O))), b.floats(new Float32Array(packedTransposedSize(I, O)))]
        b.k.pack(weights, b.floats(randomFloats(1, 'bias', O)), I, O, packed)
        b.k.packTransposed(weights, I, O, transposed)
        const y = b.rows(new Float32Array(R * O), R, O)
        const at = b.rows(x, R, I)
        b.k.forward(R, I, O, at, 8, packed, y, 8, act)
        const dx = b.rows(new Float32Array(R * I), R, I)
        b.k.backwardInput(R, I, O, y, 8, transposed, dx, 8, act, at)
        for (const [values, columns] of [
          [b.readRows(y, R, O), O],
          [b.readRows(dx, R, I), I],
        ] as const) {
          values.forEach((v, i) => {
            if (Number.isNaN(v) !== (Math.floor(i / columns) === 3)) expect.fail(`element ${i} of rows of ${columns}: ${v}`)
          })
        }
        const dWeights = b.floats(new Float32Array(I * O))
        b.k.backwardWeights(R, I, O, at, 8, y, 8, dWeights, b.floats(new Float32Array(O)))
        expect(b.read(dWeights, I * O).every(Number.isNaN)).toBe(true)
        b.checkGuards()
      },
    )

    test.each([2, 3] as const)('at a NaN activation the gradient is no silent zero (activation %i)', (act) => {
      const b = bench()
      const transposed = b.floats(new Float32Array(packedTransposedSize(1, 1)))
      b.k.packTransposed(b.floats([1]), 1, 1, transposed)
      const dx = b.rows([0], 1, 1)
      b.k.backwardInput(1, 1, 1, b.rows([1], 1, 1), 8, transposed, dx, 8, act, b.rows([Number.NaN], 1, 1))
      expect(b.read(dx, 1)[0]).not.toBe(0)
    })
  })

  describe(`${name}: policy heads`, () => {
    const settings = {
      rows,
      seed,
      a2c: fc.constantFrom(0, 1),
      ratioClip: fc.constantFrom(0.1, 0.2, 0.5),
      entropyCoefficient: fc.constantFrom(0, 0.01, 0.5),
    }

    test('categorical: losses, statistics and gradient of agents/, also where choices are masked', () => {
      const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 })
      fc.assert(
        fc.property(fc.record({ ...settings, sizes, masked: fc.constantFrom(0, -1e8, Number.NEGATIVE_INFINITY) }), (c) => {
          const policy = categorical(c.sizes)
          const outputs = randomFloats(c.seed, 'logits', c.rows * policy.outputSize, 2)
          const actions = new Float32Array(2 * c.rows * c.sizes.length)
          for (let i = 0; i < actions.length; i++) actions[i] = (i * 7) % c.sizes[i % c.sizes.length]!
          if (c.masked !== 0) maskOthers(outputs, actions, c.sizes, c.rows, c.masked)
          checkHead(c, policy, outputs, new Float32Array(0), actions)
        }),
        RUNS,
      )
    })

    test('gaussian: the same, with the gradient of log σ', () => {
      fc.assert(
        fc.property(fc.record({ ...settings, size: fc.integer({ min: 1, max: 9 }) }), (c) => {
          const policy = gaussian(c.size)
          const outputs = randomFloats(c.seed, 'means', c.rows * c.size, 0.3)
          const actions = randomFloats(c.seed, 'actions', 2 * c.rows * c.size)
          checkHead(c, policy, outputs, randomFloats(c.seed, 'logStd', c.size, 0.3), actions)
        }),
        RUNS,
      )
    })

    interface Settings {
      readonly rows: number
      readonly seed: number
      readonly a2c: number
      readonly ratioClip: number
      readonly entropyCoefficient: number
      readonly sizes?: readonly number[]
    }

    /** Row r is sample 2 · (rows − 1 − r). */
    function checkHead(c: Settings, policy: Distribution, outputs: Float32Array, logStd: Float32Array, actions: Float32Array) {
      const b = bench()
      const n = policy.outputSize
      const index = Array.from({ length: c.rows }, (_, r) => 2 * (c.rows - 1 - r))
      const mine = (array: Float32Array, each: number) =>
        Float64Array.from(index.flatMap((i) => [...array.subarray(i * each, (i + 1) * each)]))
      const [logProbs, entropies, dLogProbs] = [0, 1, 2].map(() => new Float64Array(c.rows)) as [Float64Array, Float64Array, Float64Array]
      const own = mine(actions, policy.actionSize)
      policy.evaluate(outputs, logStd, own, c.rows, logProbs, entropies)
      const old = randomFloats(c.seed, 'old', 2 * c.rows, 0.2)
      index.forEach((i, r) => {
        const ratio = Math.exp(-old[i]!) // the comparison with the clip's bounds must not hang on a float32
        if (Math.abs(Math.abs(ratio - 1) - c.ratioClip) < 1e-3) old[i]! += 0.01
        old[i]! += logProbs[r]!
      })
      const [mean, inverseStd] = [0.3, 1.7]
      const rawAdvantages = randomFloats(c.seed, 'advantages', 2 * c.rows)
      const advantages = mine(rawAdvantages, 1).map((a) => (a - mean) * inverseStd)
      const loss =
        c.a2c === 1
          ? a2cPolicyLoss(logProbs, mine(old, 1), advantages, c.rows, dLogProbs)
          : ppoPolicyLoss(logProbs, mine(old, 1), advantages, c.rows, c.ratioClip, dLogProbs)
      const dEntropies = new Float64Array(c.rows).fill(-c.entropyCoefficient / c.rows)
      const [dOutputs, dLogStd] = [new Float64Array(c.rows * n), new Float64Array(policy.logStdSize)]
      policy.backward(outputs, logStd, own, c.rows, dLogProbs, dEntropies, dOutputs, dLogStd)

      const at = b.rows(outputs, c.rows, n, 1)
      const stats = b.stats(4)
      const common = [
        b.ints(index),
        b.floats(actions),
        b.floats(old),
        b.floats(rawAdvantages),
        mean,
        inverseStd,
        c.ratioClip,
        c.entropyCoefficient,
        c.a2c,
        1 / c.rows,
        stats,
      ] as const
      if (c.sizes) b.k.categoricalHead(c.rows, c.sizes.length, b.ints(c.sizes), at, padded(n) + 8, ...common)
      else {
        const gradient = b.floats(new Float32Array(n).fill(1), 1)
        b.k.gaussianHead(c.rows, n, at, padded(n) + 8, b.floats(logStd, 3), gradient, ...common)
        expect(b.read(gradient, n)).toBeAllClose(
          dLogStd.map((d) => 1 + d),
          1e-5,
          2e-5,
        )
      }
      expect(b.readRows(at, c.rows, n, 1)).toBeAllClose(dOutputs, 2e-5, 2e-5 / c.rows)
      const sums = [loss.loss * c.rows, entropies.reduce((a, x) => a + x), loss.approxKl * c.rows, loss.clipFraction * c.rows]
      expect(b.readDoubles(stats, 4)).toBeAllClose(sums, 1e-5, 1e-5 * c.rows)
      b.checkGuards()
    }

    const oneRow = (logits: readonly number[], action: number, old: number, advantage: number) => {
      const b = bench()
      const at = b.rows(logits, 1, logits.length)
      const stats = b.stats(4)
      const arrays = [b.ints([0]), b.floats([action]), b.floats([old]), b.floats([advantage])] as const
      b.k.categoricalHead(1, 1, b.ints([logits.length]), at, padded(logits.length), ...arrays, 0, 1, 0.2, 0.01, 0, 1, stats)
      return { gradient: b.readRows(at, 1, logits.length), stats: b.readDoubles(stats, 4) }
    }

    test.each([
      ['first logit', [Number.NaN, 0, 0], -1, 1],
      ['last logit', [0, 0, Number.NaN], -1, 1],
      ['old log-probability', [0, 0, 0], Number.NaN, 1],
      ['advantage', [0, 0, 0], -1, Number.NaN],
    ] as const)('a NaN in the %s is one in loss and gradient', (_, logits, old, advantage) => {
      const { gradient, stats } = oneRow(logits, 1, old, advantage)
      expect(stats[0]).toBeNaN()
      expect(gradient.every(Number.isNaN)).toBe(true)
    })

    test('a ratio beyond the clip moves nothing in its direction, and flows in the other', () => {
      const [high, low] = [Math.log(0.5) - 1, Math.log(0.5) + 1] // old log-probabilities: ratio e, ratio 1/e
      const flat = (old: number, advantage: number) => oneRow([0, 0], 0, old, advantage).gradient.every((g) => Math.abs(g) < 1e-7)
      expect([flat(high, 1), flat(low, -1)]).toEqual([true, true])
      expect([flat(high, -1), flat(low, 1)]).toEqual([false, false])
    })

    test('a masked choice gets a gradient of exactly 0, and large logits lose nothing', () => {
      for (const masked of [-1e8, Number.NEGATIVE_INFINITY]) expect(Math.abs(oneRow([0, masked, 1], 0, -1, 1).gradient[1]!)).toBe(0)
      const shifted = oneRow([1000, 1001, 1002], 0, -1, 1)
      expect(shifted.gradient).toBeAllClose(oneRow([0, 1, 2], 0, -1, 1).gradient, 1e-5)
    })

    test('a NaN mean is one in loss and gradient', () => {
      const b = bench()
      const [at, stats, dLogStd] = [b.rows([Number.NaN, 0], 1, 2), b.stats(4), b.floats([0, 0])]
      const arrays = [b.ints([0]), b.floats([0, 0]), b.floats([-1]), b.floats([1])] as const
      b.k.gaussianHead(1, 2, at, 8, b.floats([0, 0]), dLogStd, ...arrays, 0, 1, 0.2, 0, 0, 1, stats)
      const found = [...b.readRows(at, 1, 2), ...b.read(dLogStd, 2), b.readDoubles(stats, 1)[0]!]
      expect(found.every(Number.isNaN)).toBe(true)
    })
  })

  describe(`${name}: value head`, () => {
    const form = fc.constantFrom(null, 'larger' as const, 'clipped' as const)

    test('loss and gradient of agents/, without a clip and with both forms', () => {
      fc.assert(
        fc.property(fc.record({ rows, seed, form, range: fc.constantFrom(0, 0.2, 1) }), (c) => {
          const b = bench()
          const index = Array.from({ length: c.rows }, (_, r) => c.rows - 1 - r)
          const values = randomFloats(c.seed, 'values', c.rows)
          const [old, returns] = [randomFloats(c.seed, 'old', c.rows), randomFloats(c.seed, 'returns', c.rows)]
          const d = new Float64Array(c.rows)
          const clip = c.form === null ? null : { range: Math.fround(c.range), form: c.form }
          const loss = valueLoss(Float64Array.from(values), old.toReversed(), returns.toReversed(), c.rows, clip, d)
          const [at, stats] = [b.rows(values, c.rows, 1), b.stats(1)]
          const larger = c.form === 'larger' ? 1 : 0
          const arrays = [b.ints(index), b.floats(old), b.floats(returns)] as const
          b.k.valueHead(c.rows, at, 8, ...arrays, clip?.range ?? -1, larger, 0.5, 1 / c.rows, stats)
          expect(b.readRows(at, c.rows, 1)).toBeAllClose(
            d.map((x) => 0.5 * x),
            1e-5,
            1e-6 / c.rows,
          )
          expect(b.readDoubles(stats, 1)).toBeAllClose([loss * c.rows], 1e-5, 1e-6 * c.rows)
          b.checkGuards()
        }),
        RUNS,
      )
    })

    const oneRow = (value: number, old: number, goal: number, larger: number) => {
      const b = bench()
      const [at, stats] = [b.rows([value], 1, 1), b.stats(1)]
      b.k.valueHead(1, at, 8, b.ints([0]), b.floats([old]), b.floats([goal]), 0.5, larger, 1, 1, stats)
      return [b.read(at, 1)[0]!, b.readDoubles(stats, 1)[0]!]
    }

    test('at the exact bound of the clip the gradient flows', () => {
      for (const larger of [0, 1]) expect(oneRow(1.5, 1, 1, larger)).toEqual([0.5, 0.125])
      expect(oneRow(1.625, 1, 3, 0)).toEqual([0, 1.125])
    })

    test.each([0, 1])('a NaN value, old value or return is one in loss and gradient (larger %i)', (larger) => {
      expect(oneRow(Number.NaN, 1, 1, larger)).toEqual([Number.NaN, Number.NaN])
      expect(oneRow(1, 1, Number.NaN, larger)).toEqual([Number.NaN, Number.NaN])
      expect(oneRow(1, Number.NaN, 1, larger)[1]).toBeNaN()
    })
  })

  describe(`${name}: steps`, () => {
    const array = { count: fc.integer({ min: 0, max: 41 }), shift: fc.constantFrom(0, 1, 2, 3), seed }

    test('sumOfSquares neither under- nor overflows; NaN and Infinity show', () => {
      const b = bench()
      const of = (values: number[]) => b.k.sumOfSquares(b.floats(values, 1), values.length)
      expect(of([1e-30, 1e-30])).toBeCloseTo(2e-60, 65)
      expect(of(new Array(9).fill(1e30)) / 9e60).toBeCloseTo(1, 6)
      expect(of([1, 2, 3, 4, 5, 6, 7, 8, 9, Number.NaN])).toBeNaN()
      expect(of([1, Number.NEGATIVE_INFINITY, ...new Array(20).fill(1)])).toBe(Number.POSITIVE_INFINITY)
      fc.assert(
        fc.property(fc.record(array), ({ count, shift, seed: s }) => {
          const x = randomFloats(s, 'x', count)
          expect(b.k.sumOfSquares(b.floats(x, shift), count)).toBeCloseTo(
            x.reduce((sum, v) => sum + v * v, 0),
            9,
          )
        }),
        RUNS,
      )
    })

    test('scale multiplies', () => {
      fc.assert(
        fc.property(fc.record(array), ({ count, shift, seed: s }) => {
          const b = bench()
          const x = randomFloats(s, 'x', count)
          const at = b.floats(x, shift)
          b.k.scale(at, count, 0.3)
          expect(b.read(at, count)).toBeAllClose(
            x.map((v) => v * 0.3),
            1e-6,
          )
          b.checkGuards()
        }),
        RUNS,
      )
    })

    test('clear leaves zeros, whatever was there', () => {
      fc.assert(
        fc.property(fc.record(array), ({ count, shift, seed: s }) => {
          const b = bench()
          const at = b.floats(
            randomFloats(s, 'x', count).map((v, i) => (i % 3 === 0 ? Number.NaN : v)),
            shift,
          )
          b.k.clear(at, count)
          expect([...b.read(at, count)]).toEqual(Array(count).fill(0))
          b.checkGuards()
        }),
        RUNS,
      )
    })

    test('adam, with both decays', () => {
      const decay = fc.constantFrom(0, 0.01)
      fc.assert(
        fc.property(fc.record({ ...array, decay, penalty: decay }), ({ count, shift, seed: s, decay: by, penalty }) => {
          const b = bench()
          const [p, g, m] = ['p', 'g', 'm'].map((name) => randomFloats(s, name, count)) as [Float32Array, Float32Array, Float32Array]
          const v = randomFloats(s, 'v', count).map((x) => x * x)
          const at = [p, g, m, v].map((values, i) => b.floats(values, (shift + i) % 4)) as [number, number, number, number]
          b.k.adam(...at, count, 0.5, 0.9, 0.999, 0.02, 3, 1e-5, 1 - by, penalty)
          const expected = { p: new Float64Array(count), m: new Float64Array(count), v: new Float64Array(count) }
          for (let i = 0; i < count; i++) {
            const gradient = g[i]! * 0.5 + penalty * p[i]!
            expected.m[i] = 0.9 * m[i]! + 0.1 * gradient
            expected.v[i] = 0.999 * v[i]! + 0.001 * gradient * gradient
            expected.p[i] = p[i]! * (1 - by) - (0.02 * expected.m[i]!) / (Math.sqrt(expected.v[i]!) * 3 + 1e-5)
          }
          expect(b.read(at[0], count)).toBeAllClose(expected.p, 1e-5, 1e-5)
          expect(b.read(at[1], count)).toEqual([...g])
          expect(b.read(at[2], count)).toBeAllClose(expected.m, 1e-5, 1e-6)
          expect(b.read(at[3], count)).toBeAllClose(expected.v, 1e-5)
          b.checkGuards()
        }),
        RUNS,
      )
    })

    test('rmsprop, with ε at both places', () => {
      fc.assert(
        fc.property(fc.record({ ...array, inside: fc.constantFrom(0, 1) }), ({ count, shift, seed: s, inside }) => {
          const b = bench()
          const [p, g] = [randomFloats(s, 'p', count), randomFloats(s, 'g', count)]
          const v = randomFloats(s, 'v', count).map((x) => x * x)
          const at = [p, g, v].map((values, i) => b.floats(values, (shift + i) % 4)) as [number, number, number]
          b.k.rmsprop(...at, count, 0.5, 0.99, 0.02, 1e-2, inside)
          const second = Float64Array.from(v, (x, i) => 0.99 * x + 0.01 * (g[i]! * 0.5) ** 2)
          const root = second.map((x) => (inside === 1 ? Math.sqrt(x + 1e-2) : Math.sqrt(x) + 1e-2))
          expect(b.read(at[0], count)).toBeAllClose(
            Float64Array.from(p, (x, i) => x - (0.02 * g[i]! * 0.5) / root[i]!),
            1e-5,
            1e-5,
          )
          expect(b.read(at[2], count)).toBeAllClose(second, 1e-5)
          b.checkGuards()
        }),
        RUNS,
      )
    })

    test('a NaN gradient reaches parameter and moments, and only its own', () => {
      const b = bench()
      const ones = () => b.floats([1, 1, 1, 1, 1])
      const [p, m, v, q, w] = [ones(), ones(), ones(), ones(), ones()]
      const g = b.floats([1, Number.NaN, 1, 1, Number.NaN])
      b.k.adam(p, g, m, v, 5, 1, 0.9, 0.999, 0.1, 1, 1e-5, 1, 0)
      b.k.rmsprop(q, g, w, 5, 1, 0.9, 0.1, 1e-5, 0)
      for (const at of [p, m, v, q, w]) expect(b.read(at, 5).map(Number.isNaN)).toEqual([false, true, false, false, true])
    })
  })

  describe(`${name}: memory`, () => {
    test('hands out zeros at multiples of 64 bytes, grows, and keeps views and contents', () => {
      const { memory } = make()
      const first = memory.allocate(100)
      const view = new Float32Array(memory.buffer, first, 100).fill(3)
      const places = [memory.allocate(1), memory.allocate(0), memory.allocate(1_500_000), memory.allocate(17)]
      for (const at of [first, ...places]) expect(at % 64).toBe(0)
      expect(new Float32Array(memory.buffer, places[2]!, 1_500_000).every((x) => x === 0)).toBe(true)
      expect([...new Float32Array(memory.buffer, first, 101)]).toEqual([...new Array(100).fill(3), 0])
      view[0] = 5
      expect(new Float32Array(memory.buffer, first, 1)[0]).toBe(5)
    })
  })
}

/** a [rows, depth] · b [depth, columns] in float64. */
function product(a: Float32Array, b: Float32Array, rowCount: number, depth: number, columns: number): Float64Array {
  const out = new Float64Array(rowCount * columns)
  for (let i = 0; i < rowCount; i++) {
    for (let k = 0; k < depth; k++) {
      for (let j = 0; j < columns; j++) out[i * columns + j]! += a[i * depth + k]! * b[k * columns + j]!
    }
  }
  return out
}

function activated(code: ActivationCode, x: number): number {
  if (code === 1) return Math.tanh(x)
  if (code === 2) return Math.max(0, x)
  return code === 3 && x < 0 ? Math.expm1(x) : x
}

/** The derivative where the activation put out h. */
function slope(code: ActivationCode, h: number): number {
  if (code === 1) return 1 - h * h
  if (code === 2) return h > 0 ? 1 : 0
  return code === 3 && h < 0 ? h + 1 : 1
}

/** Masks the last possible value of every choice that was not taken. Row r is sample 2 · (rows − 1 − r). */
function maskOthers(logits: Float32Array, actions: Float32Array, sizes: readonly number[], rowCount: number, value: number): void {
  let at = 0
  for (let r = 0; r < rowCount; r++) {
    sizes.forEach((n, c) => {
      const taken = actions[2 * (rowCount - 1 - r) * sizes.length + c]!
      if (n > 1) logits[at + (taken === n - 1 ? 0 : n - 1)] = value
      at += n
    })
  }
}
