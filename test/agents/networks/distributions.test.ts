import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { categorical } from '../../../agents/networks/categorical.js'
import type { Distribution } from '../../../agents/networks/distribution.js'
import { gaussian } from '../../../agents/networks/gaussian.js'
import { maskLogits } from '../../../agents/networks/mask-logits.js'
import { squashedGaussian } from '../../../agents/networks/squashed-gaussian.js'
import { stream } from '../../../src/core/random.js'

const f64 = (...values: number[]): Float64Array => Float64Array.from(values)
const none = new Float64Array(0)

function draw(distribution: Distribution, outputs: Float64Array, logStd: Float64Array, rows: number, seed = 1) {
  const actions = new Float32Array(rows * distribution.actionSize)
  const logProbs = new Float64Array(rows)
  distribution.sample(outputs, logStd, rows, stream(seed, 'policy'), actions, logProbs)
  return { actions, logProbs }
}

function evaluate(distribution: Distribution, outputs: Float64Array, logStd: Float64Array, actions: Float32Array, rows: number) {
  const logProbs = new Float64Array(rows)
  const entropies = new Float64Array(rows)
  distribution.evaluate(outputs, logStd, actions, rows, logProbs, entropies)
  return { logProbs, entropies }
}

describe.each([
  ['categorical', categorical([4]), 0],
  ['two choices', categorical([2, 3]), 0],
  ['gaussian', gaussian(2), 2],
  ['squashed gaussian', squashedGaussian(2), 2],
] as const)('%s', (_name, distribution, logStdSize) => {
  const number = fc.double({ min: -4, max: 4, noNaN: true })
  const numbers = (n: number) => fc.array(number, { minLength: n, maxLength: n }).map((values) => f64(...values))

  test('the log-probability of a drawn action is the one it evaluates to', () => {
    fc.assert(
      fc.property(numbers(3 * distribution.outputSize), numbers(logStdSize), fc.nat(1000), (outputs, logStd, seed) => {
        const { actions, logProbs } = draw(distribution, outputs, logStd, 3, seed)
        expect(logProbs).toBeAllClose(evaluate(distribution, outputs, logStd, actions, 3).logProbs, 1e-12, 1e-12)
      }),
    )
  })

  // The mean of a wide squashed Gaussian is not its likeliest action.
  if (distribution.kind !== 'squashed-gaussian') {
    test('no action is likelier than the mode', () => {
      fc.assert(
        fc.property(numbers(distribution.outputSize), numbers(logStdSize), fc.nat(1000), (outputs, logStd, seed) => {
          const modeLogProb = new Float64Array(1)
          distribution.mode(outputs, logStd, 1, new Float32Array(distribution.actionSize), modeLogProb)
          expect(draw(distribution, outputs, logStd, 1, seed).logProbs[0]).toBeLessThanOrEqual(modeLogProb[0]! + 1e-5)
        }),
      )
    })
  }

  test('entropy is the mean of −log p over many draws', () => {
    const rows = 20_000
    const outputs = Float64Array.from({ length: rows * distribution.outputSize }, (_, i) => Math.sin(i % distribution.outputSize))
    const logStd = f64(...[-0.5, 0.3].slice(0, logStdSize))
    const { actions, logProbs } = draw(distribution, outputs, logStd, rows)
    const { entropies } = evaluate(distribution, outputs, logStd, actions, rows)
    const mean = logProbs.reduce((sum, value) => sum - value, 0) / rows
    expect(Math.abs(mean - entropies[0]!)).toBeLessThan(5 * (1.6 / Math.sqrt(rows))) // −log p has a standard deviation of at most 1.6 here
  })

  test('the gradient is that of log-probability and entropy, by differences', () => {
    const outputs = Float64Array.from({ length: 2 * distribution.outputSize }, (_, i) => 1.5 * Math.sin(1 + 2 * i))
    const logStd = f64(...[-0.4, 0.5].slice(0, logStdSize))
    const { actions } = draw(distribution, outputs, logStd, 2)
    const [dLogProbs, dEntropies] = [f64(0.7, -1.2), f64(0.3, 0.9)]
    const objective = () => {
      const { logProbs, entropies } = evaluate(distribution, outputs, logStd, actions, 2)
      return [0, 1].reduce((sum, row) => sum + dLogProbs[row]! * logProbs[row]! + dEntropies[row]! * entropies[row]!, 0)
    }
    const differences = (numbers: Float64Array) =>
      numbers.map((value, i) => {
        const [above, below] = [1e-5, -1e-5].map((step) => {
          numbers[i] = value + step
          return objective()
        })
        numbers[i] = value
        return (above! - below!) / 2e-5
      })
    const [dOutputs, dLogStd] = [new Float64Array(outputs.length), new Float64Array(logStdSize)]
    distribution.backward(outputs, logStd, actions, 2, dLogProbs, dEntropies, dOutputs, dLogStd)
    expect(dOutputs).toBeAllClose(differences(outputs), 1e-7, 1e-8)
    expect(dLogStd).toBeAllClose(differences(logStd), 1e-7, 1e-8)
  })

  test('NaN is refused when acting and shows when evaluating', () => {
    const outputs = new Float64Array(distribution.outputSize).fill(Number.NaN)
    const logStd = new Float64Array(logStdSize)
    expect(() => draw(distribution, outputs, logStd, 1)).toThrow(/policy: a (logit|mean) of row 0 is not a number/)
    const greedy = () => distribution.mode(outputs, logStd, 1, new Float32Array(distribution.actionSize), new Float64Array(1))
    expect(greedy).toThrow(/of row 0 is not a number/)
    expect(evaluate(distribution, outputs, logStd, new Float32Array(distribution.actionSize), 1).logProbs[0]).toBeNaN()
  })

  test('NaN in the last column alone is refused too', () => {
    const outputs = new Float64Array(distribution.outputSize)
    outputs[distribution.outputSize - 1] = Number.NaN
    expect(() => draw(distribution, outputs, new Float64Array(logStdSize), 1)).toThrow(/not a number/)
  })
})

describe('categorical', () => {
  test('entropy of [.1, .2, .7] is 0.801819', () => {
    const logits = f64(0.1, 0.2, 0.7).map(Math.log)
    expect(evaluate(categorical([3]), logits, none, new Float32Array(1), 1).entropies[0]).toBeCloseTo(0.801819, 6)
  })

  test('draws as often as the probabilities say', () => {
    const rows = 20_000
    const logits = Float64Array.from({ length: 3 * rows }, (_, i) => Math.log([0.1, 0.2, 0.7][i % 3]!))
    const { actions } = draw(categorical([3]), logits, none, rows)
    const counts = [0, 0, 0]
    for (const action of actions) counts[action]!++
    counts.forEach((count, k) => {
      const p = [0.1, 0.2, 0.7][k]!
      expect(Math.abs(count - rows * p)).toBeLessThan(5 * Math.sqrt(rows * p * (1 - p)))
    })
  })

  test('a masked choice never happens, adds no entropy and gets no gradient', () => {
    for (const masked of [-1e8, Number.NEGATIVE_INFINITY]) {
      const logits = Float64Array.from({ length: 300 }, (_, i) => (i % 3 === 2 ? masked : 0))
      const { actions } = draw(categorical([3]), logits, none, 100)
      expect(actions.includes(2)).toBe(false)
      expect(evaluate(categorical([3]), logits, none, actions, 100).entropies[0]).toBeCloseTo(Math.LN2, 12)
      const gradient = new Float64Array(300)
      categorical([3]).backward(logits, none, actions, 100, new Float64Array(100).fill(1), new Float64Array(100).fill(1), gradient, none)
      expect(gradient.filter((_, i) => i % 3 === 2).every((g) => g === 0)).toBe(true)
    }
  })

  test('a draw that rounding carries past the end falls on the last possible choice', () => {
    const atTheEnd = { ...stream(1, 'policy'), next: () => 1 }
    const actions = new Float32Array(1)
    categorical([3]).sample(f64(0.1, 0.2, Number.NEGATIVE_INFINITY), none, 1, atTheEnd, actions, new Float64Array(1))
    expect(actions[0]).toBe(1)
  })

  test('large logits do not overflow', () => {
    const { logProbs, entropies } = evaluate(categorical([2]), f64(1e4, -1e4), none, Float32Array.of(1), 1)
    expect(logProbs[0]).toBe(-2e4)
    expect(entropies[0]).toBe(0)
  })

  test('ties of the mode go to the first', () => {
    const actions = new Float32Array(1)
    categorical([3]).mode(f64(0, 1, 1), none, 1, actions, new Float64Array(1))
    expect(actions[0]).toBe(1)
  })
})

test('gaussian by hand: a = .5, μ = 0, log σ = −.5', () => {
  const { logProbs, entropies } = evaluate(gaussian(1), f64(0), f64(-0.5), Float32Array.of(0.5), 1)
  expect(logProbs[0]).toBeCloseTo(-0.758724, 6)
  expect(entropies[0]).toBeCloseTo(0.918939, 6)
})

test('masks turn the logits of what is forbidden into −∞, and leave the others alone', () => {
  const logits = f64(1, 2, 3, 4)
  maskLogits(logits, Uint8Array.of(1, 0, 1), logits)
  expect([...logits]).toEqual([1, Number.NEGATIVE_INFINITY, 3, 4])
})

describe('squashed gaussian', () => {
  const squashed = squashedGaussian(1)

  test('is a density over (−1, 1): it adds up to 1, where tanh saturates too', () => {
    for (const [mean, logStd] of [
      [0, 0],
      [1.5, -1],
      [-2, 0.7],
    ] as const) {
      // ∫ p(a) da = ∫ p(tanh u) (1 − tanh² u) du, in steps of u
      let total = 0
      for (let u = -20; u <= 20; u += 0.01) {
        const { logProbs } = evaluate(squashed, f64(mean), f64(logStd), Float32Array.of(u), 1)
        total += Math.exp(logProbs[0]!) * (1 - Math.tanh(Math.fround(u)) ** 2) * 0.01
      }
      expect(total).toBeCloseTo(1, 5)
    }
  })

  test('by hand: μ = 0, σ = 1, u = .5', () => {
    // log N(.5) = −.125 − .918939 = −1.043939; 1 − tanh² .5 = .786448, its log −.240229
    const { logProbs } = evaluate(squashed, f64(0), f64(0), Float32Array.of(0.5), 1)
    expect(logProbs[0]).toBeCloseTo(-1.043939 + 0.240229, 5)
  })

  test('is finite however far out', () => {
    for (const u of [-1e4, -50, 50, 1e4]) {
      const { logProbs, entropies } = evaluate(squashed, f64(u), f64(0), Float32Array.of(u), 1)
      expect(logProbs[0]).toBeCloseTo(-0.918939 + 2 * (Math.abs(u) - Math.LN2), 3)
      expect(Number.isFinite(entropies[0])).toBe(true)
    }
  })

  test.each([
    [0, 0, 1e-7],
    [2, 0, 1e-7],
    [0.5, 1, 2e-3],
  ])('entropy at μ = %d, log σ = %d is that of a fine sum', (mean, logStd, tolerance) => {
    let want = 0
    for (let z = -9; z <= 9; z += 0.001) {
      const u = mean + Math.exp(logStd) * z
      const density = Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI)
      want +=
        density *
        0.001 *
        (0.5 * z * z + logStd + 0.5 * Math.log(2 * Math.PI) + 2 * (Math.LN2 - Math.abs(u) - Math.log1p(Math.exp(-2 * Math.abs(u)))))
    }
    const { entropies } = evaluate(squashed, f64(mean), f64(logStd), Float32Array.of(0), 1)
    expect(Math.abs(entropies[0]! - want)).toBeLessThan(tolerance)
  })
})
