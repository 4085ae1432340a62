/** Ways to choose among n, each as NumPy's Generator.choice draws them. Source: NumPy 2.4 (numpy/random/_generator). */
import type { Generator } from './generator.js'

/** An index with probability p[index]: the first whose cumulative share exceeds one uniform draw. */
export function drawWeighted(random: Generator, n: number, p: ArrayLike<number>): number {
  const shares = cumulative(checked(n, p))
  return firstAbove(shares, random.random())
}

/** `count` different indices: a partial shuffle where many of many are wanted, otherwise Floyd's algorithm and a shuffle of its result. */
export function drawWithoutReplacement(random: Generator, n: number, count: number): number[] {
  checkCount(n, count)
  if (n > 10000 && count > Math.floor(n / 50)) {
    const all = Array.from({ length: n }, (_, i) => i)
    swapDown(random, all, Math.max(n - count, 1))
    return all.slice(n - count)
  }
  const chosen = new Set<number>()
  const list: number[] = []
  for (let last = n - count; last < n; last++) {
    const draw = random.integers(0, last + 1)
    const taken = chosen.has(draw) ? last : draw
    chosen.add(taken)
    list.push(taken)
  }
  swapDown(random, list, 1)
  return list
}

/** Draws in batches, dropping repeats and striking out what is taken. */
export function drawWeightedWithoutReplacement(random: Generator, n: number, count: number, p: ArrayLike<number>): number[] {
  checkCount(n, count)
  const weights = Float64Array.from(checked(n, p))
  if (weights.filter((w) => w > 0).length < count) {
    throw new RangeError(`Generator.choice: ${count} different elements asked for, but fewer have a probability above 0`)
  }
  const found: number[] = []
  while (found.length < count) {
    const draws = Array.from({ length: count - found.length }, () => random.random())
    for (const index of found) weights[index] = 0
    const shares = cumulative(weights)
    for (const index of new Set(draws.map((draw) => firstAbove(shares, draw)))) found.push(index)
  }
  return found
}

function cumulative(weights: ArrayLike<number>): Float64Array {
  const shares = new Float64Array(weights.length)
  let sum = 0
  for (let i = 0; i < shares.length; i++) shares[i] = sum += weights[i]!
  for (let i = 0; i < shares.length; i++) shares[i]! /= sum
  return shares
}

function firstAbove(shares: Float64Array, draw: number): number {
  let index = 0
  while (index < shares.length - 1 && !(shares[index]! > draw)) index++
  return index
}

/** A shuffle from the end down to `first`, with Lemire's integers. */
function swapDown(random: Generator, list: number[], first: number): void {
  for (let i = list.length - 1; i >= first; i--) {
    const j = random.integers(0, i + 1)
    ;[list[i], list[j]] = [list[j]!, list[i]!]
  }
}

function checked(n: number, p: ArrayLike<number>): ArrayLike<number> {
  let sum = 0
  for (let i = 0; i < p.length; i++) {
    if (!(p[i]! >= 0)) throw new RangeError(`Generator.choice: probabilities must not be negative, got ${p[i]} at index ${i}`)
    sum += p[i]!
  }
  if (p.length !== n) throw new RangeError(`Generator.choice: expected ${n} probabilities, got ${p.length}`)
  if (Math.abs(sum - 1) > 1.5e-8) throw new RangeError(`Generator.choice: probabilities must sum to 1, got ${sum}`)
  return p
}

function checkCount(n: number, count: number): void {
  if (!(Number.isInteger(count) && count >= 0 && count <= n)) {
    throw new RangeError(`Generator.choice: without replacement at most ${n} elements can be chosen, got ${count}`)
  }
}
