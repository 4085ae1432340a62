/** How the tabular environments draw what happens, as Gymnasium's `categorical_sample` does: one uniform draw against cumulative sums. */
import type { Generator } from '../seeding/generator.js'

/**
 * The first index whose cumulative probability exceeds one uniform draw; always exactly one draw, even where nothing is left to chance.
 * 0 where rounding leaves the sum below the draw, as NumPy's argmax of all false.
 */
export function drawn(random: Generator, chances: readonly number[]): number {
  const draw = random.random()
  let sum = 0
  for (let i = 0; i < chances.length; i++) {
    sum += chances[i]!
    if (sum > draw) return i
  }
  return 0
}
