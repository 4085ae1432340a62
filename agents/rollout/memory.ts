/**
 * What a policy remembers in each environment while it acts: kept by who acts, in training as in evaluation, and forgotten where an episode
 * ends. For policies that see the present alone there is nothing to keep.
 */
import type { VectorStep } from '../../envs/vector/vector-env.js'
import type { NumberArray } from '../../src/core/bundle.js'
import { RunError } from '../../src/core/errors.js'
import type { Learner } from '../learners/learner.js'

export interface PolicyMemory {
  /** S */
  readonly size: number
  /** [count, S] what to act with next; its own array, rewritten. Undefined where nothing is remembered. */
  readonly current: Float32Array | undefined
  /** Keeps what was remembered in acting. */
  acted(decision: { readonly state?: Float32Array }): void
  /** Forgets where the step ended an episode. */
  stepped(step: Pick<VectorStep, 'terminated' | 'truncated'>): void
  /** [envs, S] of some of the environments. */
  of(envs: readonly number[]): Float32Array | undefined
  save(): Readonly<Record<string, NumberArray>>
  load(saved: NumberArray | undefined): void
}

/** Nothing is remembered yet. @param count environments that are acted in together */
export function policyMemory({ stateSize: size = 0 }: Pick<Learner, 'stateSize'>, count: number): PolicyMemory {
  const current = size > 0 ? new Float32Array(count * size) : undefined
  return {
    size,
    current,

    acted({ state }) {
      if (current && state) current.set(state)
    },

    stepped({ terminated, truncated }) {
      if (!current) return
      for (let i = 0; i < count; i++) if (terminated[i] === 1 || truncated[i] === 1) current.fill(0, i * size, (i + 1) * size)
    },

    of(envs) {
      if (!current) return undefined
      const rows = new Float32Array(envs.length * size)
      envs.forEach((env, i) => {
        rows.set(current.subarray(env * size, (env + 1) * size), i * size)
      })
      return rows
    },

    save: () => (current ? { memory: current.slice() } : {}),

    load(saved) {
      if (saved?.length !== current?.length) {
        throw new RunError(
          `checkpoint: expected ${current?.length ?? 'no'} numbers that the policy remembers, got ${saved?.length ?? 'none'}`,
        )
      }
      if (current && saved) current.set(saved)
    },
  }
}
