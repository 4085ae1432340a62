/** Shuffled minibatches of a rollout: which rows, and their columns gathered into arrays of their own. */
import type { RandomStream } from '../../src/core/random.js'
import type { LossBatch } from '../losses/actor-critic-loss.js'
import type { Rollout } from './rollout.js'

export interface Minibatch extends LossBatch {
  /** [rows, D]; the buffer may be longer. */
  readonly observations: Float32Array
  readonly actions: Float32Array
  readonly oldLogProbs: Float32Array
  readonly oldValues: Float32Array
  readonly advantages: Float32Array
  readonly returns: Float32Array
  /** What the rows are where the policy remembers: whole sequences, time-major. Absent or null where rows stand alone. */
  readonly sequences?: Sequences | null
}

/** Sequences side by side: row = t · count + sequence. */
export interface Sequences {
  readonly steps: number
  readonly count: number
  /** [count, S] what each remembers before its first step. */
  readonly state: Float32Array
  /** [steps · count] 1 where an episode begins with the row, so that nothing is remembered. */
  readonly begins: Uint8Array
}

/**
 * Where each minibatch begins, and last the number of rows. Every row is used once. The last minibatch may be short; a remainder of a single
 * row joins the minibatch before it, because one advantage cannot be normalised.
 */
export function minibatchBounds(rows: number, size: number): readonly number[] {
  const bounds: number[] = []
  for (let start = 0; start < rows; start += size) bounds.push(start)
  if (rows % size === 1 && bounds.length > 1) bounds.pop()
  return [...bounds, rows]
}

/** Puts the rows into a uniformly random order, in place (Fisher-Yates). */
export function shuffle(rows: Int32Array, random: RandomStream): void {
  for (let i = rows.length - 1; i > 0; i--) {
    const j = random.below(i + 1)
    const held = rows[i]!
    rows[i] = rows[j]!
    rows[j] = held
  }
}

/** Gathers rows of rollouts of one shape into the same arrays again and again. The result is valid until the next call. */
export function gatherer(): (rollout: Rollout, rows: Int32Array, from: number, to: number) => Minibatch {
  let buffer = empty(0, 0, 0)
  let allowed = new Uint8Array(0)

  /** [to − from, width] */
  function gatherMasks(masks: Uint8Array, total: number, rows: Int32Array, from: number, to: number): Uint8Array {
    const width = masks.length / total
    if (allowed.length !== (to - from) * width) allowed = new Uint8Array((to - from) * width)
    for (let i = from; i < to; i++) {
      for (let k = 0; k < width; k++) allowed[(i - from) * width + k] = masks[rows[i]! * width + k]!
    }
    return allowed
  }

  return (rollout, rows, from, to) => {
    const count = to - from
    const { observationSize: d, actionSize: a } = rollout
    if (count > buffer.returns.length || buffer.observations.length !== buffer.returns.length * d) buffer = empty(count, d, a)
    const { observations, actions, oldLogProbs, oldValues, advantages, returns } = buffer
    for (let i = 0; i < count; i++) {
      const row = rows[from + i]!
      for (let k = 0; k < d; k++) observations[i * d + k] = rollout.observations[row * d + k]!
      for (let k = 0; k < a; k++) actions[i * a + k] = rollout.actions[row * a + k]!
      oldLogProbs[i] = rollout.logProbs[row]!
      oldValues[i] = rollout.values[row]!
      advantages[i] = rollout.advantages[row]!
      returns[i] = rollout.returns[row]!
    }
    const masks = rollout.masks ? gatherMasks(rollout.masks, rollout.values.length, rows, from, to) : null
    return { ...buffer, rows: count, masks }
  }
}

function empty(rows: number, observationSize: number, actionSize: number): Minibatch {
  const column = () => new Float32Array(rows)
  return {
    rows,
    observations: new Float32Array(rows * observationSize),
    actions: new Float32Array(rows * actionSize),
    oldLogProbs: column(),
    oldValues: column(),
    advantages: column(),
    returns: column(),
  }
}
