/** The worker threads of a run, as its configuration wants them: only src/cli knows of threads. */
import { nodeWorkers } from '../../envs/vector/node-workers.js'
import type { WorkerKit } from '../../envs/vector/vectorization.js'
import type { RunConfig } from '../core/config/schema.js'

const START_MS = 60_000 // the least that workers have to start, which takes longer than any answer

export function workerKit({ workers, workerTimeout }: Pick<RunConfig, 'workers' | 'workerTimeout'>): WorkerKit {
  const timeoutMs = 1000 * workerTimeout
  return nodeWorkers({
    timeoutMs,
    startTimeoutMs: Math.max(timeoutMs, START_MS),
    timeoutOption: 'workerTimeout (seconds)',
    ...(workers !== null && { workers }),
  })
}
