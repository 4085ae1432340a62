/**
 * The border of a vector environment. Wrong actions are refused before anything moves; NaN and infinite numbers are refused as soon as
 * they come out, where it is still known who produced them. Both checks run on every step, so they are plain loops that allocate nothing.
 */
import { EnvError, NonFiniteError } from '../errors.js'
import { describeElement, describeSpace } from '../spaces/describe.js'
import type { Dict } from '../spaces/dict.js'
import type { Discrete } from '../spaces/discrete.js'
import { hasFlatForm } from '../spaces/flat.js'
import type { MultiDiscrete } from '../spaces/multi-discrete.js'
import type { OneOf } from '../spaces/one-of.js'
import type { Space } from '../spaces/space.js'
import type { Text } from '../spaces/text.js'
import type { Tuple } from '../spaces/tuple.js'
import type { Whereabouts } from './failures.js'
import type { AutoresetMode } from './vector-env.js'

const MODES: readonly AutoresetMode[] = ['same-step', 'next-step', 'disabled']

/** @throws RangeError unless numEnvs is a whole number of at least 1 and the mode one of the three */
export function checkVector(where: string, numEnvs: number, autoreset: AutoresetMode): void {
  if (!Number.isSafeInteger(numEnvs) || numEnvs < 1)
    throw new RangeError(`${where}: numEnvs must be a whole number of at least 1, got ${numEnvs}`)
  if (!MODES.includes(autoreset)) throw new RangeError(`${where}: autoreset must be ${MODES.join(', ')}, got ${describeElement(autoreset)}`)
}

/** @throws EnvError when elements of the space vary in length and cannot cross as rows */
export function checkRows(name: string, field: 'observationSpace' | 'actionSpace', space: Space): void {
  if (hasFlatForm(space)) return
  throw new EnvError(
    `${name}: ${field} must have elements of one size, because rows of numbers cross here, got ${describeSpace(space)}. A single environment can have it.`,
  )
}

/**
 * A check of N flat rows of actions: whole numbers inside the space, or for a Box finite numbers, because each environment says itself what
 * it does with those beyond its bounds.
 * @param copy where the checked actions are written as well; nobody else's array, and of one type however they came
 */
export function actionCheck(name: string, space: Space, numEnvs: number, copy?: Float64Array): (actions: ArrayLike<number>) => void {
  const { size } = space
  const total = numEnvs * size
  const counts = indexCounts(space)
  const first = counts[0] ?? 0
  const alike = counts.every((count) => count === first)
  const own = copy ?? new Float64Array(total)
  return (actions) => {
    if (typeof actions !== 'object' || actions?.length !== total) {
      const got = (actions as ArrayLike<number> | null | undefined)?.length ?? describeElement(actions)
      throw new EnvError(`${name}.step: expected ${total} numbers (${numEnvs} environments, ${size} each), got ${got}`)
    }
    const wrong = alike
      ? first === 0
        ? firstInfinite(actions, own)
        : firstOutside(actions, own, first)
      : firstMisfit(actions, own, counts)
    if (wrong === -1) return
    const count = counts[wrong % size]!
    const expected = count === 0 ? 'finite numbers' : `an index from 0 to ${count - 1}`
    throw new EnvError(
      `${name}.step: environment ${Math.floor(wrong / size)}: expected ${expected} for ${describeSpace(space)}, got ${describeElement(actions[wrong])}`,
    )
  }
}

/** Copies the actions; stops at the first that is not finite and returns its place, or −1. */
function firstInfinite(actions: ArrayLike<number>, copy: Float64Array): number {
  for (let i = 0; i < copy.length; i++) {
    const action = actions[i]!
    if (!Number.isFinite(action)) return i
    copy[i] = action
  }
  return -1
}

/** The same for whole numbers from 0 to count − 1. */
function firstOutside(actions: ArrayLike<number>, copy: Float64Array, count: number): number {
  for (let i = 0; i < copy.length; i++) {
    const action = actions[i]!
    if (!(Number.isInteger(action) && action >= 0 && action < count)) return i
    copy[i] = action
  }
  return -1
}

/** The same for rows in which every number has its own count, 0 where any number will do. */
function firstMisfit(actions: ArrayLike<number>, copy: Float64Array, counts: readonly number[]): number {
  for (let i = 0; i < copy.length; i++) {
    const action = actions[i]!
    const count = counts[i % counts.length]!
    if (!(count === 0 ? Number.isFinite(action) : Number.isInteger(action) && action >= 0 && action < count)) return i
    copy[i] = action
  }
  return -1
}

/** How many values each flat number of a space chooses among; 0 where it is any number. */
function indexCounts(space: Space): number[] {
  switch (space.kind) {
    case 'discrete':
      return [(space as Discrete).n]
    case 'multi-discrete':
      return [...(space as MultiDiscrete).nvec]
    case 'multi-binary':
      return new Array<number>(space.size).fill(2)
    case 'text':
      return new Array<number>(space.size).fill((space as Text).characters.length + 1)
    case 'dict':
      return (space as Dict).keys.flatMap((key) => indexCounts((space as Dict).spaces[key]!))
    case 'tuple':
      return (space as Tuple).spaces.flatMap(indexCounts)
    case 'one-of': // what the other numbers are depends on the first
      return [(space as OneOf).spaces.length, ...new Array<number>(space.size - 1).fill(0)]
    default:
      return new Array<number>(space.size).fill(0)
  }
}

/**
 * @param where knows the seed of the environment, for the message
 * @throws NonFiniteError when a number of `row[at … at + size)` is NaN or infinite
 */
export function checkObservation(
  name: string,
  row: ArrayLike<number>,
  at: number,
  size: number,
  env: number,
  step: number,
  where?: Whereabouts,
): void {
  for (let i = 0; i < size; i++) {
    const value = row[at + i]!
    if (value - value === 0) continue
    throw new NonFiniteError(
      `${name}: environment ${env}${origin(where, env)}, step ${step} of its episode: observation[${i}] is ${value}. Learners need finite numbers; look at the dynamics that produced it.`,
      { env, step, field: 'observation' },
    )
  }
}

/** @throws NonFiniteError when the reward is NaN or infinite */
export function checkReward(name: string, reward: number, env: number, step: number, where?: Whereabouts): void {
  if (reward - reward === 0) return
  throw new NonFiniteError(
    `${name}: environment ${env}${origin(where, env)}, step ${step} of its episode: the reward is ${reward}. Learners need finite numbers; look at the dynamics that produced it.`,
    { env, step, field: 'reward' },
  )
}

const origin = (where: Whereabouts | undefined, env: number) => (where === undefined ? '' : ` (${where.tell(env)})`)

/** @throws EnvError unless `index` is one of N */
export function checkIndex(name: string, method: string, index: number, numEnvs: number): void {
  if (!Number.isInteger(index) || index < 0 || index >= numEnvs) {
    throw new EnvError(`${name}.${method}: expected an environment from 0 to ${numEnvs - 1}, got ${index}`)
  }
}
