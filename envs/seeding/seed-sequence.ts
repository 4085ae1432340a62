/**
 * SeedSequence: spreads a seed of any length over as many well mixed words as a generator asks for.
 *
 * Two seeds that differ in one bit give unrelated words, and children spawned from one sequence give unrelated streams,
 * so that "seed, seed + 1, …" is a safe way to seed many environments.
 *
 * Source: O'Neill 2015, "Developing a seed_seq alternative"; equal to NumPy's numpy.random.SeedSequence word for word.
 * We differ in one thing: there is no default entropy. A stream here always starts from a number that somebody can write down.
 */

/** A non-negative integer of any size, or a list of them. */
export type Entropy = number | bigint | readonly (number | bigint)[]

export interface SeedSequence {
  /** @returns `count` words of 32 bits; a longer request begins with the words of a shorter one */
  words(count: number): Uint32Array
  /** `count` new children, each with its own stream; a later call goes on counting. */
  spawn(count: number): SeedSequence[]
}

const POOL_SIZE = 4 // words of 32 bits that hold the entropy
const INIT_A = 0x43b0d7e5
const MULTIPLIER_A = 0x931e8875
const INIT_B = 0x8b51f9dd
const MULTIPLIER_B = 0x58f38ded
const MIX_LEFT = 0xca01f9dd
const MIX_RIGHT = 0x4973f715

/**
 * @param spawnKey the path from the root: child 1 of child 0 has [0, 1]
 * @throws RangeError unless every number is a non-negative integer
 */
export function seedSequence(entropy: Entropy, spawnKey: readonly number[] = []): SeedSequence {
  const pool = mixedPool(assembled(entropy, spawnKey))
  let children = 0
  return {
    words: (count) => expanded(pool, count),
    spawn: (count) => Array.from({ length: count }, () => seedSequence(entropy, [...spawnKey, children++])),
  }
}

/** A non-negative integer, or a RangeError that names `where`. */
export function checkSeed(where: string, seed: unknown): asserts seed is number | bigint {
  const ok = typeof seed === 'bigint' ? seed >= 0n : Number.isSafeInteger(seed) && (seed as number) >= 0
  if (!ok)
    throw new RangeError(`${where}: a seed must be a whole number from 0 to 2^53 - 1 (or a non-negative bigint), got ${String(seed)}`)
}

/** The entropy and the spawn key as one list of words. With a key the entropy fills the pool first, so that no key looks like entropy. */
function assembled(entropy: Entropy, spawnKey: readonly number[]): number[] {
  const words = Array.isArray(entropy) ? (entropy as readonly (number | bigint)[]).flatMap(wordsOf) : wordsOf(entropy)
  if (spawnKey.length > 0) while (words.length < POOL_SIZE) words.push(0)
  return [...words, ...spawnKey.flatMap(wordsOf)]
}

/** Little-endian words of 32 bits, at least one. */
function wordsOf(value: unknown): number[] {
  checkSeed('seedSequence', value)
  const words: number[] = []
  let rest = BigInt(value)
  do {
    words.push(Number(rest & 0xffffffffn))
    rest >>= 32n
  } while (rest > 0n)
  return words
}

function mixedPool(words: readonly number[]): Uint32Array {
  let constant = INIT_A
  const hashed = (word: number): number => {
    const crossed = word ^ constant
    constant = Math.imul(constant, MULTIPLIER_A)
    const value = Math.imul(crossed, constant)
    return value ^ (value >>> 16)
  }
  const mix = (x: number, y: number): number => {
    const value = (Math.imul(MIX_LEFT, x) - Math.imul(MIX_RIGHT, y)) | 0
    return value ^ (value >>> 16)
  }

  const pool = new Uint32Array(POOL_SIZE)
  for (let i = 0; i < POOL_SIZE; i++) pool[i] = hashed(words[i] ?? 0)
  for (let source = 0; source < POOL_SIZE; source++) {
    for (let target = 0; target < POOL_SIZE; target++) {
      if (target !== source) pool[target] = mix(pool[target]!, hashed(pool[source]!))
    }
  }
  for (const word of words.slice(POOL_SIZE)) {
    for (let target = 0; target < POOL_SIZE; target++) pool[target] = mix(pool[target]!, hashed(word))
  }
  return pool
}

function expanded(pool: Uint32Array, count: number): Uint32Array {
  let constant = INIT_B
  return Uint32Array.from({ length: count }, (_, i) => {
    const crossed = pool[i % POOL_SIZE]! ^ constant
    constant = Math.imul(constant, MULTIPLIER_B)
    const value = Math.imul(crossed, constant)
    return value ^ (value >>> 16)
  })
}
