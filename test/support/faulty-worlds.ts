/** Environments in which something goes wrong in a worker: `faulty({ fault, env, step })`. They count their steps otherwise. */
import type { Env, Info } from '../../envs/core.js'
import { functionalEnv } from '../../envs/functional-env.js'
import type { EnvOptions } from '../../envs/registry.js'
import { wrapped } from '../../envs/wrappers/wrapper.js'
import { counter } from './counter-env.js'

/** Environment `index`; the fault comes in step `step` of environment `env`, of every environment when there is no `env`. */
export function faulty({ fault, env, step = 2 }: EnvOptions, index: number): Env<Float32Array, number> {
  const world = functionalEnv(counter())
  if (env !== undefined && env !== index) return world
  if (fault === 'no start') throw new RangeError(`no environment ${index}`)
  let steps = 0
  const strike = () => FAULTS[fault as string]?.()
  return wrapped(world, {
    reset: (options) => {
      steps = 0
      if (fault === 'reset throws') throw new TypeError('no first state')
      if (options?.options !== undefined) return [world.reset(options)[0], { ...options.options }]
      return world.reset(options)
    },
    step: (action) => {
      const info = ++steps === step ? strike() : undefined
      const [observation, ...rest] = world.step(action)
      return [observation, rest[0], rest[1], rest[2], info ?? { steps }]
    },
    save: () => {
      if (fault === 'save throws') throw new Error('cannot be saved')
      return world.save()
    },
  })
}

const FAULTS: Readonly<Record<string, () => Info | undefined>> = {
  throws: () => {
    throw new TypeError('the wheel came off')
  },
  'throws a string': () => {
    throw 'just words'
  },
  'throws what cannot be sent': () => {
    throw Object.assign(new Error('with a function'), { callback: () => {} })
  },
  exits: () => process.exit(3),
  hangs: () => {
    for (;;);
  },
  'fills its memory': () => {
    const all: number[][] = []
    for (;;) all.push(new Array(100_000).fill(all.length))
  },
  'fails later': () => {
    setTimeout(() => {
      throw new Error('in a timer')
    }, 0)
    return undefined
  },
  'tells a function': () => ({ callback: () => {} }),
}

/** What a registration is made of: for modules that export one. */
export const registration = { id: 'test/Faultless-v0', env: (options: EnvOptions) => faulty(options, 0), maxEpisodeSteps: 5 }

export const nothing = 7

export default () => functionalEnv(counter())
