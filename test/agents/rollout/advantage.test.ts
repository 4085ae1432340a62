import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type AdvantageInputs, estimateAdvantages, explainedVariance, normalizeAdvantages } from '../../../agents/rollout/advantage.js'
import { fixture } from '../../support/fixtures.js'

const f64 = (values: readonly number[]): Float64Array => Float64Array.from(values)

function gae(inputs: AdvantageInputs, gamma: number, lambda: number): { advantages: Float64Array; returns: Float64Array } {
  const advantages = new Float64Array(inputs.rewards.length)
  const returns = new Float64Array(inputs.rewards.length)
  estimateAdvantages(inputs, gamma, lambda, advantages, returns)
  return { advantages, returns }
}

// biome-ignore lint/suspicious/noExplicitAny: foreign data
const cases: any[] = fixture('gae').cases
const gaeCases = cases.filter(({ kind }) => kind === 'gae')

describe('advantages equal the reference', () => {
  test.each(gaeCases.map((c) => [`T ${c.T}, N ${c.N}, γ ${c.gamma}, λ ${c.lambda}`, c] as const))('%s', (_name, c) => {
    const inputs = {
      steps: c.T,
      numEnvs: c.N,
      rewards: f64(c.rewards.flat()),
      values: f64(c.values.flat()),
      terminated: c.terminated.flat(),
      truncated: c.truncated.flat(),
      finalValues: f64(c.final_values.flat()),
      lastValues: f64(c.last_values),
    }
    const { advantages, returns } = gae(inputs, c.gamma, c.lambda)
    expect(advantages).toBeAllClose(c.float64.advantages.flat(), 1e-10, 1e-12)
    expect(returns).toBeAllClose(c.float64.returns.flat(), 1e-10, 1e-12)
    expect(advantages).toBeAllClose(c.sb3.advantages.flat(), 0, 1e-5)
    expect(returns).toBeAllClose(c.sb3.returns.flat(), 0, 1e-5)
  })

  test('some case tells bootstrapping from none', () => {
    const differs = gaeCases.filter((c) => JSON.stringify(c.float64.advantages) !== JSON.stringify(c.float64_no_bootstrap.advantages))
    expect(differs.length).toBeGreaterThan(0)
  })
})

describe('advantages by hand: r 1…5, V .5 … .1, V after 0.6, γ .9, λ .8', () => {
  const hand = (terminated: number[], truncated: number[], finalValue = 0) =>
    gae(
      {
        steps: 5,
        numEnvs: 1,
        rewards: f64([1, 2, 3, 4, 5]),
        values: f64([0.5, 0.4, 0.3, 0.2, 0.1]),
        terminated,
        truncated,
        finalValues: f64(truncated.map((t, i) => (t === 1 && terminated[i] === 0 ? finalValue : 0))),
        lastValues: f64([0.6]),
      },
      0.9,
      0.8,
    ).advantages
  const none = [0, 0, 0, 0, 0]
  const third = [0, 0, 1, 0, 0]
  const last = [0, 0, 0, 0, 1]

  test.each([
    ['no end', none, none, [6.613264, 7.990645, 8.500896, 7.8068, 5.44]],
    ['terminated at t = 2', third, none, [3.60608, 3.814, 2.7, 7.8068, 5.44]],
    ['truncated at t = 2', none, third, [3.932672, 4.2676, 3.33, 7.8068, 5.44]],
    ['terminated at the last step', last, none, [6.468146, 7.789091, 8.22096, 7.418, 4.9]],
    ['truncated at the last step: V of the reset does not leak in', none, last, [6.637451, 8.024237, 8.547552, 7.8716, 5.53]],
    ['terminated and truncated: as terminated', third, third, [3.60608, 3.814, 2.7, 7.8068, 5.44]],
  ])('%s', (_name, terminated, truncated, expected) => {
    expect(hand(terminated, truncated, 0.7)).toBeAllClose(expected, 0, 1e-6)
  })

  test('no truncation gives one of the usual wrong answers', () => {
    const [first] = hand(none, third, 0.7)
    const usedTheReset = 3.699392
    const didNotCut = 6.613264
    const tookItForAnEnd = 3.60608
    for (const wrong of [usedTheReset, didNotCut, tookItForAnEnd]) expect(Math.abs(first! - wrong)).toBeGreaterThan(0.1)
  })
})

describe('laws', () => {
  const rollout = fc.integer({ min: 1, max: 12 }).chain((steps) => {
    const column = fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: steps, maxLength: steps })
    const flags = fc.array(fc.constantFrom(0, 0, 0, 1), { minLength: steps, maxLength: steps })
    return fc.record({
      steps: fc.constant(steps),
      r: column,
      v: column,
      final: column,
      terminated: flags,
      truncated: flags,
      last: fc.double({ min: -3, max: 3, noNaN: true }),
    })
  })

  test('λ = 1 is the discounted return to the end, less the value', () => {
    fc.assert(
      fc.property(rollout, ({ steps, r, v, final, terminated, truncated, last }) => {
        const { advantages } = gae(
          { steps, numEnvs: 1, rewards: f64(r), values: f64(v), terminated, truncated, finalValues: f64(final), lastValues: f64([last]) },
          0.9,
          1,
        )
        for (let t = 0; t < steps; t++) {
          let total = 0
          let discount = 1
          for (let k = t; k < steps; k++) {
            total += discount * r[k]!
            discount *= 0.9
            if (terminated[k] === 1) break
            if (truncated[k] === 1 || k === steps - 1) {
              total += discount * (truncated[k] === 1 ? final[k]! : last)
              break
            }
          }
          expect(advantages[t]! + v[t]!).toBeCloseTo(total, 9)
        }
      }),
    )
  })

  test('environments do not touch each other', () => {
    fc.assert(
      fc.property(rollout, rollout, (a, b) => {
        const steps = Math.min(a.steps, b.steps)
        const interleave = (x: number[], y: number[]) => f64(Array.from({ length: 2 * steps }, (_, i) => (i % 2 === 0 ? x : y)[i >> 1]!))
        const one = (x: typeof a) =>
          gae(
            {
              steps,
              numEnvs: 1,
              rewards: f64(x.r.slice(0, steps)),
              values: f64(x.v.slice(0, steps)),
              terminated: x.terminated,
              truncated: x.truncated,
              finalValues: f64(x.final),
              lastValues: f64([x.last]),
            },
            0.95,
            0.9,
          ).advantages
        const both = gae(
          {
            steps,
            numEnvs: 2,
            rewards: interleave(a.r, b.r),
            values: interleave(a.v, b.v),
            terminated: interleave(a.terminated, b.terminated),
            truncated: interleave(a.truncated, b.truncated),
            finalValues: interleave(a.final, b.final),
            lastValues: f64([a.last, b.last]),
          },
          0.95,
          0.9,
        ).advantages
        expect([...both]).toEqual([...interleave([...one(a)], [...one(b)])])
      }),
    )
  })
})

describe('normalising', () => {
  test.each(cases.filter(({ kind }) => kind === 'advantage_normalization').map((c, i) => [i, c] as const))(
    'equals PyTorch, case %i',
    (_i, c) => {
      const out = new Float64Array(c.in.length)
      normalizeAdvantages(f64(c.in), c.in.length, out)
      expect(out).toBeAllClose(c.out, 1e-10, 1e-12)
    },
  )

  test('one row is left as it is, equal rows become 0', () => {
    const out = new Float64Array(3)
    normalizeAdvantages(f64([7]), 1, out)
    expect(out[0]).toBe(7)
    normalizeAdvantages(f64([7, 7, 7]), 3, out)
    expect([...out]).toEqual([0, 0, 0])
  })
})

describe('explained variance', () => {
  test.each(cases.filter(({ kind }) => kind === 'explained_variance').map((c, i) => [i, c] as const))(
    'equals the reference, case %i',
    (_i, c) => {
      expect([explainedVariance(f64(c.pred), f64(c.true))]).toBeAllClose([c.out], 1e-10, 1e-12)
    },
  )
})
