/** Algorithms by name. */
import { UsageError } from '../src/core/errors.js'
import { didYouMean } from '../src/core/suggest.js'
import { a2c } from './a2c.js'
import type { Algorithm } from './agent.js'
import { ppo } from './ppo.js'

const ALGORITHMS: Readonly<Record<string, Algorithm>> = { ppo, a2c }

export const algorithmNames = (): string[] => Object.keys(ALGORITHMS)

/** @throws UsageError with near names for a name that nobody knows */
export function algorithm(name: string): Algorithm {
  const found = Object.hasOwn(ALGORITHMS, name) ? ALGORITHMS[name] : undefined
  if (found) return found
  throw new UsageError(`there is no algorithm "${name}": there are ${algorithmNames().join(' and ')}.${didYouMean(name, algorithmNames())}`)
}
