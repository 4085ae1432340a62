/** What this machine can compute with: the facts that a report of trouble needs. */
import { availableParallelism, cpus, totalmem } from 'node:os'
import { type BackendEntry, backends, selectBackend } from './backends.js'

export interface BackendFact {
  readonly name: string
  readonly meaning: string
  readonly works: boolean
  /** What it runs on, or why it does not work. */
  readonly detail: string
}

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

/** Starts each backend in turn and lets it multiply two small matrices; the one that was active before is active again at the end. */
export async function machineFacts(entries: readonly BackendEntry[] = backends()): Promise<MachineFacts> {
  const tf = await import('@tensorflow/tfjs-core')
  const before = tf.getBackend()
  const facts: BackendFact[] = []
  for (const entry of entries) facts.push(await tryOut(entry, entries))
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

async function tryOut({ name, meaning }: BackendEntry, entries: readonly BackendEntry[]): Promise<BackendFact> {
  try {
    const { device } = await selectBackend(name, entries)
    const tf = await import('@tensorflow/tfjs-core')
    const product = tf.tidy(() => [...tf.matMul(tf.tensor2d([[1, 2]]), tf.tensor2d([[3], [4]])).dataSync()])
    if (product[0] !== 11) return { name, meaning, works: false, detail: `[1, 2] · [3, 4] came out as ${product[0]} instead of 11` }
    return { name, meaning, works: true, detail: device }
  } catch (error) {
    return { name, meaning, works: false, detail: (error as Error).message }
  }
}
