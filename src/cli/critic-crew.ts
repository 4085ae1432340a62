/** Starts the second thread of a learner (agents/learners/critic-thread.ts) as a worker of Node: only src/cli knows of threads. */
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { CriticCrew } from '../../agents/learners/critic-partner.js'

export function criticCrew(): CriticCrew {
  return {
    clock: () => performance.now(),
    cores: availableParallelism(),
    silenceMs: 20_000,
    hire(task) {
      const worker = new Worker(entry(), { workerData: task, resourceLimits: LIMITS })
      worker.unref() // a run that is over does not wait for it
      let reason: string | null = null
      worker.on('error', (error: Error) => {
        reason = error.stack ?? String(error)
      })
      worker.on('exit', (code) => {
        reason ??= `it ended with code ${code}`
      })
      return { reason: () => reason, end: () => void worker.terminate() }
    },
  }
}

/** MiB; it computes in the memory that both share and makes next to no objects. */
const LIMITS = { maxYoungGenerationSizeMb: 2, maxOldGenerationSizeMb: 128 }

/** From TypeScript sources it is TypeScript as well: then tsx is asked to read it, by name, because a worker does not inherit it. */
function entry(): URL {
  const own = import.meta.url
  if (!own.endsWith('.ts')) return new URL('./critic-entry.js', own)
  const { href } = new URL('./critic-entry.ts', own)
  const code = `import { register } from 'node:module'
try { register('tsx/esm', ${JSON.stringify(href)}, { data: true }) } catch {}
await import(${JSON.stringify(href)})`
  return new URL(`data:text/javascript,${encodeURIComponent(code)}`)
}
