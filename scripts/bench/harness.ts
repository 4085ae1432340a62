/**
 * Measures variants of one task against each other.
 *
 * Variants are interleaved and the order rotates from round to round, so that a slow minute of the machine meets them all. What counts is
 * the CPU time of this process, which other processes do not lengthen; wall time stands beside it, and counts where threads are compared. A
 * ratio is the median over rounds of the ratio within a round. Nothing here is a test: numbers depend on the machine, ratios much less.
 */

/** One piece of work, always the same amount. May be repeated any number of times. */
export type Work = () => void | Promise<void>

/** A variant that another process measures by itself, in milliseconds per unit of work; asked once a round. */
export interface Elsewhere {
  ask(roundMs: number): Promise<{ readonly cpuMs: number; readonly wallMs: number }>
  /** What comes before the first round, when a whole round would be too much. */
  warmUp?(): Promise<unknown>
}

export interface Timing {
  readonly variant: string
  /** Median milliseconds of CPU time per unit of work, and the quartiles. */
  readonly cpuMs: number
  readonly low: number
  readonly high: number
  /** Median milliseconds of wall time per unit. */
  readonly wallMs: number
  /** CPU milliseconds per unit of each round, in order: rounds of different variants belong together. */
  readonly rounds: readonly number[]
  /** The same of wall time; absent in files of earlier versions. */
  readonly wallRounds?: readonly number[]
}

export interface MeasureOptions {
  /** Default 9. `overrideRounds` goes before both. */
  readonly rounds?: number
  /** Milliseconds that each variant works per round, about; 0 = exactly one unit. Default 100. */
  readonly roundMs?: number
  /** Units of one call, to divide by. Default 1. */
  readonly units?: number
}

let roundsForAll: number | null = null

/** From here on every measurement has so many rounds, whatever its entry asks for: `--rounds`. null: as the entries ask. */
export function overrideRounds(rounds: number | null): void {
  roundsForAll = rounds
}

/** @returns one timing per variant, in their order */
export async function measure(variants: Readonly<Record<string, Work | Elsewhere>>, options: MeasureOptions = {}): Promise<Timing[]> {
  const { roundMs = 100, units = 1 } = options
  const rounds = roundsForAll ?? options.rounds ?? 9
  const names = Object.keys(variants)
  const calls = new Map<string, number>()
  for (const name of names) {
    const variant = variants[name]!
    if (typeof variant === 'function') calls.set(name, await warmUp(variant, roundMs))
    else await (variant.warmUp?.() ?? variant.ask(roundMs))
  }
  const cpu = new Map(names.map((name) => [name, [] as number[]]))
  const wall = new Map(names.map((name) => [name, [] as number[]]))
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < names.length; i++) {
      const name = names[(i + round) % names.length]!
      const work = variants[name]!
      if (typeof work !== 'function') {
        const { cpuMs, wallMs } = await work.ask(roundMs)
        cpu.get(name)!.push(cpuMs)
        wall.get(name)!.push(wallMs)
        continue
      }
      const count = calls.get(name)!
      const cpuBefore = process.cpuUsage()
      const wallBefore = performance.now()
      for (let c = 0; c < count; c++) {
        const pending = work()
        if (pending) await pending
      }
      const { user, system } = process.cpuUsage(cpuBefore)
      cpu.get(name)!.push((user + system) / 1000 / count / units)
      wall.get(name)!.push((performance.now() - wallBefore) / count / units)
    }
  }
  return names.map((variant) => {
    const rounds = cpu.get(variant)!
    const wallRounds = wall.get(variant)!
    const [low, cpuMs, high] = [at(rounds, 0.25), at(rounds, 0.5), at(rounds, 0.75)]
    return { variant, cpuMs, low, high, wallMs: at(wallRounds, 0.5), rounds, wallRounds }
  })
}

/** How many times `fast` is as fast as `slow`: median over rounds. */
export function ratio(timings: readonly Timing[], slow: string, fast: string): number {
  return ratioOf(timings, slow, fast).value
}

/** The same with the ratio of every round, to know the noise by: `{ name, unit: 'x', ...ratioOf(…) }` is a number of the bench. */
export function ratioOf(
  timings: readonly Timing[],
  slow: string,
  fast: string,
  clock: 'cpu' | 'wall' = 'cpu',
): { readonly value: number; readonly rounds: readonly number[] } {
  const of = (name: string) => {
    const timing = timings.find(({ variant }) => variant === name)!
    return clock === 'cpu' ? timing.rounds : timing.wallRounds!
  }
  const rounds = of(slow).map((ms, round) => ms / of(fast)[round]!)
  return { value: at(rounds, 0.5), rounds }
}

/** Lets the compiler see the work, and finds how many calls fill a round. */
async function warmUp(work: Work, roundMs: number): Promise<number> {
  const start = performance.now()
  let count = 0
  do {
    await work()
    count++
  } while (performance.now() - start < roundMs || count < 2)
  return roundMs === 0 ? 1 : Math.max(1, Math.round((count * roundMs) / (performance.now() - start)))
}

/** Nearest rank; the middle of an even number of rounds is the upper one. */
export function at(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!
}
