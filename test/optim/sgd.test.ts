import { describe, expect, test } from 'vitest'
import { layout } from '../../src/optim/layout.js'
import { type SgdOptions, sgd } from '../../src/optim/sgd.js'
import { optimizerSuite } from '../suites/optimizer.js'
import { COURSE, follow, optimCase } from '../support/optim-fixture.js'

optimizerSuite('sgd', (of) => sgd(of))
optimizerSuite('sgd with momentum and decay', (of) => sgd(of, { momentum: 0.9, weightDecay: 0.01 }))
optimizerSuite("sgd with Nesterov's momentum and a penalty", (of) =>
  sgd(of, { momentum: 0.8, nesterov: true, weightDecay: 0.01, weightDecayKind: 'l2' }),
)

const CASES: readonly [name: string, options: SgdOptions][] = [
  ['torch_sgd', {}],
  ['torch_sgd_momentum', { momentum: 0.9 }],
  ['torch_sgd_nesterov_wd', { momentum: 0.9, nesterov: true, weightDecay: 0.05, weightDecayKind: 'l2' }],
  ['optax_sgd_nesterov', { momentum: 0.9, nesterov: true }],
  ['keras_sgd_nesterov', { momentum: 0.9, nesterov: true }],
]

test.each(CASES)('equals %s over 50 steps with a spike', (name, options) => {
  const exact = optimCase(name).runs.float64 !== undefined
  for (const [, expected, got] of follow(name, sgd(COURSE, options), { learningRate: () => 0.01 })) {
    if (exact) expect(got).toBeAllClose(expected, 1e-9, 1e-12)
    else expect(got).toBeAllClose(expected, 0, 1e-5)
  }
})

const ONE = layout([{ name: 'w', shape: [1], network: 'n', layer: 'w' }])

describe('sgd by hand', () => {
  /** w after each of the gradients 1, −2, with α = 0.1 from w = 2. */
  const walk = (options: SgdOptions, gradients = [1, -2]) => {
    const w = Float64Array.of(2)
    const optimizer = sgd(ONE, options)
    return gradients.map((g) => {
      optimizer.step(w, Float64Array.of(g), 0.1)
      return w[0]!
    })
  }

  test('plain: 2 − 0.1, + 0.2', () => expect(walk({})).toBeAllClose([1.9, 2.1], 1e-15))
  test('momentum ½: b = 1, then ½ − 2 = −1.5', () => expect(walk({ momentum: 0.5 })).toBeAllClose([1.9, 2.05], 1e-15))
  test('Nesterov ½: 1 + ½·1 = 1.5, then −2 + ½·(−1.5) = −2.75', () =>
    expect(walk({ momentum: 0.5, nesterov: true })).toBeAllClose([1.85, 2.125], 1e-15))
  test('decoupled decay ½: 2·0.95 − 0.1 = 1.8, then 1.8·0.95 + 0.2', () =>
    expect(walk({ weightDecay: 0.5 })).toBeAllClose([1.8, 1.91], 1e-15))
  test('a decoupled decay stays out of the momentum, a penalty enters it', () => {
    const rest = { momentum: 0.5, weightDecay: 0.5 }
    expect(walk(rest, [0, 0])).toBeAllClose([1.9, 1.805], 1e-15) // 2·0.95²
    expect(walk({ ...rest, weightDecayKind: 'l2' }, [0, 0])).toBeAllClose([1.9, 1.755], 1e-15) // b = 1, then ½ + 0.95 = 1.45
  })

  test('a step that is revised to the same step is the same, one that is cut is not taken', () => {
    const options: SgdOptions = { momentum: 0.9, weightDecay: 0.1 }
    const [plain, seen, cut] = [Float64Array.of(2), Float64Array.of(2), Float64Array.of(2)]
    const [a, b, c] = [sgd(ONE, options), sgd(ONE, options), sgd(ONE, options)]
    const proposed: number[] = []
    for (const g of [1, -2, 0.5]) {
      a.step(plain, Float64Array.of(g), 0.1)
      b.step(seen, Float64Array.of(g), 0.1, undefined, (update) => proposed.push(update[0]!))
      c.step(cut, Float64Array.of(g), 0.1, undefined, (update) => update.fill(0))
    }
    expect(seen).toEqual(plain)
    expect(proposed).toBeAllClose([0.1, -0.11, -0.049], 1e-12) // α·b; b = 1, −1.1, −0.49
    expect([...cut]).toBeAllClose([2 * 0.99 ** 3], 1e-12) // the decay alone
  })

  test('a reset forgets the momentum', () => {
    const optimizer = sgd(ONE, { momentum: 0.9 })
    optimizer.step(Float64Array.of(2), Float64Array.of(100), 0.1)
    optimizer.reset()
    const w = Float64Array.of(2)
    optimizer.step(w, Float64Array.of(1), 0.1)
    expect(w[0]).toBe(1.9)
  })

  test.each<[SgdOptions, string]>([
    [{ momentum: 1 }, 'sgd: momentum must be at least 0 and below 1, got 1'],
    [{ weightDecay: -1 }, 'sgd: weightDecay must be at least 0, got -1'],
    [{ nesterov: true }, 'sgd: nesterov needs a momentum above 0'],
  ])('refuses %j', (options, said) => {
    expect(() => sgd(ONE, options)).toThrow(said)
  })
})
