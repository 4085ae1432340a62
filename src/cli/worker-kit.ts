/** The worker threads of a run, as its configuration wants them: only src/cli knows of threads. */
import { nodeWorkers } from '../../envs/vector/node-workers.js'
import type { WorkerKit } from '../../envs/vector/vectorization.js'
import type { RunConfig } from '../core/config/schema.js'

export function workerKit({ workers, workerTimeout }: Pick<RunConfig, 'workers' | 'workerTimeout'>): WorkerKit {
  return nodeWorkers({ timeoutMs: 1000 * workerTimeout, ...(workers !== null && { workers }) })
}
