/**
 * Which kind of vector environment serves best. Arrays win wherever there are functions. Workers win when what they save is more than
 * what waking them costs: N·c·(1 − 1/W) above about 60 µs, for N environments of c µs a step on W threads.
 */
import type { Env } from '../core.js'
import { EnvError } from '../errors.js'
import { describeElement } from '../spaces/describe.js'
import type { AutoresetMode, VectorEnv } from './vector-env.js'
import type { EnvSource } from './worker-memory.js'

export type Vectorization = 'auto' | 'arrays' | 'serial' | 'workers'
const VECTORIZATIONS: readonly Vectorization[] = ['auto', 'arrays', 'serial', 'workers']

/** Worker threads, handed in by those who have them, so that this library also runs where there are none. */
export interface WorkerKit {
  /** Threads that can run at once. */
  readonly parallelism: number
  /** A clock that never goes back, in milliseconds: to measure what a step costs. */
  clock(): number
  create(source: EnvSource, options: { readonly numEnvs: number; readonly autoreset: AutoresetMode }): VectorEnv
}

const WAKING_MS = 0.06 // what a round of requests and answers costs at its worst
const BATCH = 16 // steps between two looks at the clock
const MEASURED_MS = 20 // longest measurement, after which the least of what was seen counts
const BATCHES = 40

/** @throws RangeError for a word that is none of the four; EnvError when what it needs is not there */
export function checkVectorization(
  id: string,
  vectorization: Vectorization,
  has: { readonly functions: boolean; readonly workers: boolean },
): void {
  if (!VECTORIZATIONS.includes(vectorization)) {
    throw new RangeError(`makeVec: vectorization must be ${VECTORIZATIONS.join(', ')}, got ${describeElement(vectorization)}`)
  }
  if (vectorization === 'arrays' && !has.functions) {
    throw new EnvError(`makeVec: ${id} is not written as functions, so it cannot run in arrays; choose auto, serial or workers`)
  }
  if (vectorization === 'workers' && !has.workers) {
    throw new EnvError(
      `makeVec: vectorization 'workers' needs worker threads; hand them in as workers: nodeWorkers(), from tau-rl/envs/workers`,
    )
  }
}

/** @param stepMs what one step costs */
export function workersPay(numEnvs: number, stepMs: number, parallelism: number): boolean {
  const threads = Math.min(numEnvs, parallelism)
  return numEnvs * stepMs * (1 - 1 / threads) > WAKING_MS
}

/**
 * What a step of this environment costs, in milliseconds: the least of several averages, because the first ones also pay for compiling.
 * The environment is reset and stepped with random actions, so give one made for the purpose.
 */
// biome-ignore lint/suspicious/noExplicitAny: any environment
export function stepCost(env: Env<any, any>, clock: () => number): number {
  env.actionSpace.seed(0)
  env.reset({ seed: 0 })
  const begin = clock()
  let least = Infinity
  for (let batch = 0; batch < BATCHES && (batch === 0 || clock() - begin < MEASURED_MS); batch++) {
    const from = clock()
    for (let t = 0; t < BATCH; t++) {
      const [, , terminated, truncated] = env.step(env.actionSpace.sample())
      if (terminated || truncated) env.reset()
    }
    least = Math.min(least, (clock() - from) / BATCH)
  }
  return least
}
