/**
 * Measures variants of one task against each other.
 *
 * Variants are interleaved and the order rotates from round to round, so that a slow minute of the machine meets them all. What counts is
 * the CPU time of this process, which other processes do not lengthen; wall time stands beside it. A ratio is the median over rounds of the
 * ratio within a round. Nothing here is a test: numbers depend on the machine, ratios much less.
 */

/** One piece of work, always the same amount. May be repeated any number of times. */
export type Work = () => void | Promise<void>

/** A variant that another process measures by itself, in milliseconds per unit of work; asked once a round. */
export interface Elsewhere {
  ask(roundMs: number): Promise<{ readonly cpuMs: number; readonly wallMs: number }>
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
}

export interface MeasureOptions {
  /** Default 9. */
  readonly rounds?: number
  /** Milliseconds that each variant works per round, about; 0 = exactly one unit. Default 100. */
  readonly roundMs?: number
  /** Units of one call, to divide by. Default 1. */
  readonly units?: number
}

/** @returns one timing per variant, in their order */
export async function measure(variants: Readonly<Record<string, Work | Elsewhere>>, options: MeasureOptions = {}): Promise<Timing[]> {
  const { rounds = 9, roundMs = 100, units = 1 } = options
  const names = Object.keys(variants)
  const calls = new Map<string, number>()
  for (const name of names) {
    const variant = variants[name]!
    if (typeof variant === 'function') calls.set(name, await warmUp(variant, roundMs))
    else await variant.ask(roundMs)
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
    return { variant, cpuMs: at(rounds, 0.5), low: at(rounds, 0.25), high: at(rounds, 0.75), wallMs: at(wall.get(variant)!, 0.5), rounds }
  })
}

/** How many times `fast` is as fast as `slow`: median over rounds. */
export function ratio(timings: readonly Timing[], slow: string, fast: string): number {
  const of = (name: string) => timings.find(({ variant }) => variant === name)!.rounds
  return at(
    of(slow).map((ms, round) => ms / of(fast)[round]!),
    0.5,
  )
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
function at(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!
}
