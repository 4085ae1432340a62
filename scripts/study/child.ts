/** A process of the study: trains the trials it is given, one after the other, and prints a line for each. */
import type { RunRow } from '../../src/compare/summary.js'
import type { Trial } from './plan.js'
import { runTrial } from './trial.js'

/** The only argument, as JSON. */
export interface ChildTask {
  readonly trials: readonly Trial[]
  /** Instead of each setting's own. */
  readonly steps: number | null
}

/** A line of the output, as JSON. */
export interface ChildLine {
  readonly row: RunRow
}

const { trials, steps } = JSON.parse(process.argv[2] ?? '') as ChildTask
try {
  for (const trial of trials) {
    const row = await runTrial(trial, () => performance.now() / 1000, steps ?? undefined)
    process.stdout.write(`${JSON.stringify({ row } satisfies ChildLine)}\n`)
  }
} catch (error) {
  process.stderr.write(`study: ${(error as Error).stack}\n`) // uncaught, it would drag the whole source line of the wasm loader with it
  process.exitCode = 1
}
