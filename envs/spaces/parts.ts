/** What the spaces that are made of a row of spaces do alike. */
import { EnvError } from '../errors.js'
import { checkSpace } from './check.js'
import { describeElement } from './describe.js'
import type { Space, SpaceSeed } from './space.js'
import { childSeeds, type SampleStream } from './stream.js'

/** A list of its own. @throws EnvError unless a list of spaces */
export function checkParts(where: string, spaces: readonly Space[]): readonly Space[] {
  if (!Array.isArray(spaces)) throw new EnvError(`${where}: expected a list of spaces, got ${describeElement(spaces)}`)
  spaces.forEach((space, i) => {
    checkSpace(`${where}: part ${i}`, space)
  })
  return [...spaces]
}

/** @throws EnvError unless a list with one entry for each of `count` */
export function checkRow(where: string, what: string, list: unknown, count: number): readonly unknown[] {
  if (Array.isArray(list) && list.length === count) return list
  const got = Array.isArray(list) ? `${list.length}` : describeElement(list)
  throw new EnvError(`${where}: expected a list of ${count} ${what}, got ${got}`)
}

/** Seeds part i with seed i. */
export function spread(seeds: readonly unknown[], parts: readonly Space[]): void {
  parts.forEach((part, i) => {
    part.seed(seeds[i] as SpaceSeed)
  })
}

/**
 * The seeding of spaces that draw something themselves: a number seeds them and, through them, their parts, after which their own stream
 * starts anew; a list gives the own seed first and then one for each part.
 */
export function seedOwnThenParts(where: string, stream: SampleStream, seed: unknown, parts: readonly Space[]): void {
  if (Array.isArray(seed)) {
    const [own, ...seeds] = checkRow(where, 'seeds, the own one first', seed, parts.length + 1)
    stream.seed(own)
    spread(seeds, parts)
    return
  }
  stream.seed(seed)
  const seeds = childSeeds(stream.random(), parts.length)
  stream.seed(seed)
  spread(seeds, parts)
}
