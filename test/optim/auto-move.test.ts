/** How far auto lets a step of plain gradient descent move a group, and what it does not promise. */
import { describe, expect, test } from 'vitest'
import { CLIP_PER, type ClipOf } from '../../src/clip/clip.js'
import { createClip } from '../../src/clip/registry.js'
import { stream } from '../../src/core/random.js'
import { createClipper } from '../../src/optim/clipper.js'
import { groupsOf } from '../../src/optim/groups.js'
import { layout } from '../../src/optim/layout.js'
import { sumOfSquares } from '../../src/optim/stats.js'

const table = layout([
  { name: 'actor/0/kernel', shape: [6, 5], network: 'actor', layer: 'actor/0' },
  { name: 'actor/0/bias', shape: [5], network: 'actor', layer: 'actor/0' },
  { name: 'critic/0/kernel', shape: [4, 3], network: 'critic', layer: 'critic/0' },
])
const RATE = 0.3
const SHARE = 0.05
const LEAST = 0.1 // root mean square of the weights that counts at least

/** The largest move of any group in 120 steps of growing gradients, in units of SHARE · max(‖W‖, LEAST·√size). */
function worstMove(words: Record<string, string>): number {
  const random = stream(3, 'auto')
  const clip = createClip({ name: 'auto', ...words })
  const clipper = createClipper(clip, table)
  const weights = Float32Array.from({ length: table.size }, (_, i) => (i < 30 ? random.normal() : i < 35 ? 0 : 0.01 * random.normal()))
  let worst = 0
  for (let step = 0; step < 120; step++) {
    const gradient = Float32Array.from({ length: table.size }, () => 1.1 ** step * random.normal()) // an explosion
    clipper.apply(gradient, weights, { step, learningRate: RATE })
    for (const { slices, size } of groupsOf(table, clip.per)) {
      const most = SHARE * Math.max(Math.sqrt(sumOfSquares(weights, slices)), LEAST * Math.sqrt(size))
      worst = Math.max(worst, (RATE * Math.sqrt(sumOfSquares(gradient, slices))) / most)
    }
  }
  return worst
}

describe.each(CLIP_PER)('auto per %s', (per) => {
  test.each(['hard', 'soft', 'normalize'])('%s: no group moves by more than a twentieth of its weights, or of weights of 0.1', (shape) => {
    expect(worstMove({ per, shape })).toBeLessThanOrEqual(1 + 1e-6)
    expect(worstMove({ per, shape })).toBeGreaterThan(0.9) // the bound is met, not only kept
  })

  test('norm-1 keeps it too, since it is the larger norm', () => {
    expect(worstMove({ per, of: 'norm-1' satisfies ClipOf })).toBeLessThanOrEqual(1 + 1e-6)
  })
})

test.each(['rms', 'norm-inf', 'element'])('of=%s does not: τ then bounds a number that is smaller than the norm', (of) => {
  expect(worstMove({ per: 'model', of })).toBeGreaterThan(1.5)
})
