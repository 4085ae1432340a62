/**
 * The border of a vector environment. Wrong actions are refused before anything moves; NaN and infinite numbers are refused as soon as
 * they come out, where it is still known who produced them. Both checks run on every step, so they are plain loops that allocate nothing.
 */
import { EnvError, NonFiniteError } from '../errors.js'
import { describeSpace } from '../spaces/describe.js'
import type { Discrete } from '../spaces/discrete.js'
import type { Space } from '../spaces/space.js'

/** @throws EnvError unless `actions` are N flat rows inside the space (numbers of a Box need only be finite) */
export function checkActions(name: string, space: Space, actions: ArrayLike<number>, numEnvs: number): void {
  const { size } = space
  if (actions.length !== numEnvs * size) {
    throw new EnvError(
      `${name}.step: expected ${numEnvs * size} numbers (${numEnvs} environments, ${size} each), got ${actions.length ?? typeof actions}`,
    )
  }
  const most = space.kind === 'discrete' ? (space as Discrete).n - 1 : -1
  for (let i = 0; i < actions.length; i++) {
    const action = actions[i]!
    if (space.kind === 'discrete' ? action >= 0 && action <= most && Number.isInteger(action) : Number.isFinite(action)) continue
    const expected =
      space.kind === 'discrete' ? `an index of ${describeSpace(space)}, 0 to ${most}` : `finite numbers for ${describeSpace(space)}`
    throw new EnvError(`${name}.step: environment ${Math.floor(i / size)}: expected ${expected}, got ${action}`)
  }
}

/** @throws NonFiniteError when a number of `row[at … at + size)` is NaN or infinite */
export function checkObservation(name: string, row: ArrayLike<number>, at: number, size: number, env: number, step: number): void {
  for (let i = 0; i < size; i++) {
    const value = row[at + i]!
    if (value - value === 0) continue
    throw new NonFiniteError(
      `${name}: environment ${env}, step ${step} of its episode: observation[${i}] is ${value}. Learners need finite numbers; look at the dynamics that produced it.`,
      { env, step, field: 'observation' },
    )
  }
}

/** @throws NonFiniteError when the reward is NaN or infinite */
export function checkReward(name: string, reward: number, env: number, step: number): void {
  if (reward - reward === 0) return
  throw new NonFiniteError(
    `${name}: environment ${env}, step ${step} of its episode: the reward is ${reward}. Learners need finite numbers; look at the dynamics that produced it.`,
    { env, step, field: 'reward' },
  )
}

/** @throws EnvError unless `index` is one of N */
export function checkIndex(name: string, method: string, index: number, numEnvs: number): void {
  if (!Number.isInteger(index) || index < 0 || index >= numEnvs) {
    throw new EnvError(`${name}.${method}: expected an environment from 0 to ${numEnvs - 1}, got ${index}`)
  }
}
