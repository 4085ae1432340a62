/**
 * A sorted list of numbers that is never changed in place, for histories that grow without end: it is cut into short runs, so that one
 * more number costs a copy of one run and of the list of runs, not of everything. Plain arrays, so it goes through JSON.
 */

/** Each run is sorted, not empty, and ends where the next begins or below. */
export type SortedRuns = readonly (readonly number[])[]

const LONGEST = 64 // numbers in a run: a step copies one run and the list of runs

export function inserted(runs: SortedRuns, value: number): SortedRuns {
  if (runs.length === 0) return [[value]]
  const r = Math.min(runOf(runs, value), runs.length - 1)
  const run = runs[r]!
  const longer = run.toSpliced(lowerBound(run, value), 0, value)
  if (longer.length <= LONGEST) return runs.with(r, longer)
  const half = LONGEST >>> 1
  return runs.toSpliced(r, 1, longer.slice(0, half), longer.slice(half))
}

/** Without one occurrence of `value`, which must be in it. */
export function removed(runs: SortedRuns, value: number): SortedRuns {
  const r = runOf(runs, value)
  const run = runs[r]!
  return run.length === 1 ? runs.toSpliced(r, 1) : runs.with(r, run.toSpliced(lowerBound(run, value), 1))
}

export const count = (runs: SortedRuns): number => runs.reduce((sum, run) => sum + run.length, 0)

/** The number at `rank`, from 0. */
export function at(runs: SortedRuns, rank: number): number {
  let left = rank
  for (const run of runs) {
    if (left < run.length) return run[left]!
    left -= run.length
  }
  throw new RangeError(`internal: rank ${rank} of ${count(runs)} numbers`)
}

/** How many numbers are below `value`. */
export function below(runs: SortedRuns, value: number): number {
  const r = runOf(runs, value)
  let total = 0
  for (let i = 0; i < r; i++) total += runs[i]!.length
  return r < runs.length ? total + lowerBound(runs[r]!, value) : total
}

/** The first run whose last number is not below `value`. */
function runOf(runs: SortedRuns, value: number): number {
  let low = 0
  let high = runs.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (runs[middle]!.at(-1)! < value) low = middle + 1
    else high = middle
  }
  return low
}

function lowerBound(run: readonly number[], value: number): number {
  let low = 0
  let high = run.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (run[middle]! < value) low = middle + 1
    else high = middle
  }
  return low
}
