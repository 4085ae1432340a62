import { expect, test } from 'vitest'
import { acclip } from '../../src/optim/acclip.js'
import { layout } from '../../src/optim/layout.js'
import { optimizerSuite } from '../suites/optimizer.js'

optimizerSuite('acclip', (of) => acclip(of))
optimizerSuite('acclip, a = 1.5', (of) => acclip(of, { moment: 1.5 }))

const ONE = layout([{ name: 'x', shape: [1], network: 'model', layer: 'x' }])

/** m = .1, τ = .01 → step .01·.1/.10001; m = .19, τ = .0199; the spike: m = 10.171, τ = 1.019701 → 1.0197. */
test('a gradient of 1, 1, 100 at rate 1 (reference case R22)', () => {
  const optimizer = acclip(ONE)
  const x = new Float64Array(1)
  const course = [1, 1, 100].map((g) => {
    optimizer.step(x, Float64Array.of(g), 1)
    return x[0]!
  })
  expect(course).toBeAllClose([-0.009999, -0.02989795, -1.04959795], 1e-6)
})

test.each([
  [{ beta2: 1 }, 'acclip: beta2 must be at least 0 and below 1, got 1'],
  [{ moment: 3 }, 'acclip: moment must be above 0 and at most 2, got 3'],
  [{ epsilon: 0 }, 'acclip: epsilon must be above 0, got 0'],
])('refuses %j', (options, said) => {
  expect(() => acclip(ONE, options)).toThrow(said)
})
