/** Actions for benches, drawn before the clock starts. */
import { writeFlat } from '../../envs/spaces/flat.js'
import type { Space } from '../../envs/spaces/space.js'

/** `steps` rows [numEnvs, A], the same in every run. */
export function randomActions(space: Space, steps: number, numEnvs: number): Float32Array[] {
  space.seed(3)
  return Array.from({ length: steps }, () => {
    const row = new Float32Array(numEnvs * space.size)
    for (let i = 0; i < numEnvs; i++) writeFlat(space, space.sample(), row, i * space.size)
    return row
  })
}
