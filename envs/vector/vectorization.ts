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

/** Which kind it became, and why, for people. */
export interface VectorChoice {
  readonly kind: Exclude<Vectorization, 'auto'>
  readonly why: string
}

export const VECTORIZATIONS: readonly Vectorization[] = ['auto', 'arrays', 'serial', 'workers']

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

/** What is known of an environment before any is made. */
export interface Candidate {
  readonly id: string
  readonly numEnvs: number
  /** Whether it is written as functions. */
  readonly functions: boolean
  /** Whether another thread can make it: it is the library's, or its registration names its module. */
  readonly reachable: boolean
  readonly workers: WorkerKit | undefined
  // biome-ignore lint/suspicious/noExplicitAny: any environment
  one(): Env<any, any>
}

/**
 * The kind that was asked for, or for 'auto' the fastest: what a step costs is measured where it matters.
 * @throws RangeError for a word that is none of the four; EnvError when what it needs is not there; what making an environment throws
 */
export function chooseVectorization(vectorization: Vectorization, candidate: Candidate): VectorChoice {
  const { id, numEnvs, functions, reachable, workers } = candidate
  checkVectorization(id, vectorization, { functions, workers: workers !== undefined })
  if (vectorization !== 'auto') return { kind: vectorization, why: 'as asked' }
  if (functions) return { kind: 'arrays', why: 'it is written as functions' }
  if (workers === undefined) return { kind: 'serial', why: 'no worker threads were handed in' }
  if (numEnvs === 1 || workers.parallelism < 2) {
    return { kind: 'serial', why: `${numEnvs === 1 ? 'one environment' : 'one thread'} leaves nothing to share out` }
  }
  if (!reachable) return { kind: 'serial', why: 'its registration names no module, so only this thread can make it' }
  return byCost(candidate, workers)
}

function byCost({ numEnvs, one }: Candidate, { clock, parallelism }: WorkerKit): VectorChoice {
  const env = one()
  try {
    const cost = stepCost(env, clock)
    const what = `a step costs ${Number((1000 * cost).toPrecision(2))} µs`
    if (!workersPay(numEnvs, cost, parallelism)) return { kind: 'serial', why: `${what}, too little for worker threads to pay` }
    return { kind: 'workers', why: `${what}, worth ${Math.min(numEnvs, parallelism)} threads` }
  } catch (error) {
    return { kind: 'serial', why: `what a step costs could not be measured: ${String(error)}` } // the run will meet the error, and say where
  } finally {
    env.close()
  }
}

/** @throws RangeError for a word that is none of the four; EnvError when what it needs is not there */
function checkVectorization(
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
