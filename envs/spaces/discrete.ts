/** The integers start … start + n − 1: one choice among n. Source: equal to Gymnasium's Discrete. */
import { checkChoices, checkWhole, isGiven, isKind, isNumberList } from './check.js'
import { describeElement } from './describe.js'
import type { Space } from './space.js'
import { sampleStream, withStreamOf } from './stream.js'

export interface DiscreteChoices {
  /** 1 where an element may be drawn, 0 where not; all zero draws `start`. */
  readonly mask?: ArrayLike<number> | null
  /** Probability of each element. */
  readonly p?: ArrayLike<number> | null
}

export interface Discrete extends Space<number> {
  readonly kind: 'discrete'
  readonly n: number
  readonly start: number
  sample(choices?: DiscreteChoices): number
  copy(): Discrete
}

/**
 * @param n how many elements, at least 1
 * @throws RangeError unless n and start are whole numbers and n is at least 1
 */
export function discrete(n: number, { start = 0 }: { readonly start?: number } = {}): Discrete {
  checkWhole('discrete', 'n', n, 1)
  if (!Number.isSafeInteger(start) || !Number.isSafeInteger(start + n)) {
    throw new RangeError(`discrete: start must be a whole number, got ${describeElement(start)}`)
  }
  const stream = sampleStream('discrete')
  const space: Discrete = {
    kind: 'discrete',
    size: 1,
    n,
    start,
    seed: stream.seed,
    seedUnseeded: stream.seedUnseeded,
    random: stream.random,
    sample: (choices) => (choices === undefined ? start + stream.random().integers(0, n) : chosen(choices)),
    contains: (value): value is number => Number.isInteger(value) && (value as number) >= start && (value as number) < start + n,
    equals: (other) => isKind<Discrete>(other, 'discrete') && other.n === n && other.start === start,
    toJSON: () => ({ kind: 'discrete', n, start }),
    copy: () => withStreamOf(discrete(n, { start }), space),
  }

  const chosen = (choices: DiscreteChoices): number => {
    checkChoices('Discrete.sample', choices)
    const { mask, p } = choices
    if (isGiven(p)) return start + stream.random().choice(n, { p: checkedList('Discrete.sample', 'probabilities', p) })
    if (!isGiven(mask)) return space.sample()
    const allowed = indicesAllowed('Discrete.sample', mask, n)
    return allowed.length === 0 ? start : start + allowed[stream.random().choice(allowed.length)]!
  }

  return space
}

/** Where `mask` is 1. */
export function indicesAllowed(where: string, mask: ArrayLike<number>, n: number): number[] {
  const list = checkedList(where, 'a mask', mask)
  const allowed: number[] = []
  let fits = list.length === n
  for (let i = 0; i < list.length; i++) {
    if (list[i] === 1) allowed.push(i)
    else if (list[i] !== 0) fits = false
  }
  if (!fits) throw new RangeError(`${where}: a mask must hold ${n} numbers, each 0 or 1, got [${Array.from(list).join(', ')}]`)
  return allowed
}

/** @throws RangeError unless a plain or typed array */
export function checkedList(where: string, name: string, list: ArrayLike<number>): ArrayLike<number> {
  if (!isNumberList(list)) throw new RangeError(`${where}: ${name} must be a list of numbers, got ${describeElement(list)}`)
  return list
}
