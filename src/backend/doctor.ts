/** What this machine can compute with: the facts that a report of trouble needs. */
import { availableParallelism, cpus, totalmem } from 'node:os'
import { type BackendEntry, backends } from './backends.js'
import { FUSED, tryFused } from './fused.js'
import { probeBackend } from './probe.js'
import { type BackendFact, tryBackend } from './try-backend.js'

export type { BackendFact }

export interface MachineFacts {
  readonly node: string
  readonly platform: string
  readonly cpu: string
  /** Processors this process may use. */
  readonly cores: number
  /** GiB */
  readonly memory: number
  readonly tfjs: string
  readonly backends: readonly BackendFact[]
}

/**
 * Starts each backend in turn and lets it multiply two small matrices, native ones in a process of their own; the one that was active before is
 * active again at the end.
 */
export async function machineFacts(entries: readonly BackendEntry[] = backends()): Promise<MachineFacts> {
  const tf = await import('@tensorflow/tfjs-core')
  const before = tf.getBackend()
  const facts: BackendFact[] = [fusedFact()]
  for (const entry of entries) facts.push(await (entry.native ? probeBackend(entry) : tryBackend(entry, entries)))
  if (before) await tf.setBackend(before)
  return {
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memory: Math.round((totalmem() / 2 ** 30) * 10) / 10,
    tfjs: tf.version_core,
    backends: facts,
  }
}

function fusedFact(): BackendFact {
  try {
    return { ...FUSED, works: true, detail: tryFused() }
  } catch (error) {
    return { ...FUSED, works: false, detail: (error as Error).message }
  }
}
