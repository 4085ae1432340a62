/** The environments that vector environments are tested on, by name, so that a worker can make them as well. */
import { cartpole } from '../../envs/classic-control/cartpole.js'
import type { Env, FunctionalEnv } from '../../envs/core.js'
import { EnvOptionError } from '../../envs/errors.js'
import { functionalEnv } from '../../envs/functional-env.js'
import type { EnvOptions } from '../../envs/registry.js'
import { discrete } from '../../envs/spaces/discrete.js'
import { orderEnforcing } from '../../envs/wrappers/order-enforcing.js'
import { timeLimit } from '../../envs/wrappers/time-limit.js'
import { counter } from './counter-env.js'

/** Counts its steps, and gives `value` as its `field` in the step whose number its seed gave. */
export function failing({ field, value }: EnvOptions): FunctionalEnv<Float32Array, number> {
  const base = counter()
  const bad = Number(value)
  return {
    ...base,
    actionSpace: discrete(1),
    transition: (state, at, action, actionAt, random) => {
      base.transition(state, at, action, actionAt, random)
      return field === 'reward' && state[at] === state[at + 1] ? bad : 0
    },
    terminal: () => false,
    observe: (state, at, out, outAt) => {
      out[outAt] = field === 'observation' && state[at]! > 0 && state[at] === state[at + 1] ? bad : state[at]!
    },
  }
}

/** Counts its steps, and throws in the step whose number its seed gave, or where `method` is 'reset' in every episode after the first. */
export function throwing({ method }: EnvOptions): FunctionalEnv<Float32Array, number> {
  const base = counter()
  return {
    ...base,
    initial: (random, state, at, options) => {
      if (options?.['number'] !== undefined) throw new EnvOptionError('Counter.reset: unknown option "number"')
      const again = state[at]! > 0
      base.initial(random, state, at, options)
      if (method === 'reset' && again) throw new TypeError('no first state')
    },
    transition: (state, at, action, actionAt, random) => {
      const reward = base.transition(state, at, action, actionAt, random)
      if (method === 'step' && state[at] === state[at + 1]) throw new TypeError('the wheel came off')
      return reward
    },
    draw: () => {
      throw new RangeError('no paint')
    },
  }
}

type WorldName = 'cartpole' | 'counter' | 'failing' | 'telling' | 'throwing'

// biome-ignore lint/suspicious/noExplicitAny: each types its own observations and actions
export const WORLDS: Readonly<Record<WorldName, (kwargs: EnvOptions) => FunctionalEnv<any, any>>> = {
  cartpole: () => cartpole(),
  counter: () => counter(),
  failing,
  throwing,
  telling: () => ({ ...counter(), info: (state, at) => ({ steps: state[at] }) }),
}

/** Environment `index` of a world, with a time limit of its own where there are limits. */
export function single({ world, kwargs, limits }: SingleOptions, index: number): Env {
  const env = orderEnforcing(functionalEnv(WORLDS[world](kwargs)))
  const limit = limits?.[index]
  return limit === undefined ? env : timeLimit(env, limit)
}

export interface SingleOptions {
  readonly world: keyof typeof WORLDS
  readonly kwargs: EnvOptions
  readonly limits: readonly number[] | null
}
