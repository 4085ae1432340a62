/** Plays one episode with a controller; one that takes more than 3000 steps is an error, or a fault would play forever. */
import type { Env } from '../../../envs/core.js'
import type { Controller } from './heuristics.js'

export interface Played {
  readonly return: number
  readonly length: number
  readonly terminated: boolean
  readonly last: ArrayLike<number>
}

// biome-ignore lint/suspicious/noExplicitAny: any environment
export function episode(env: Env<any, any>, seed: number, controller: Controller<unknown>): Played {
  let [observation] = env.reset({ seed })
  let sum = 0
  for (let length = 1; length <= 3000; length++) {
    const [next, reward, terminated, truncated] = env.step(controller(observation))
    observation = next
    sum += reward
    if (terminated || truncated) return { return: sum, length, terminated, last: observation }
  }
  throw new Error(`${env.spec?.id ?? 'the environment'} did not end within 3000 steps (seed ${seed})`)
}
