/** Whether a backend works: it is started and multiplies two small matrices. */
import { type BackendEntry, backends, selectBackend } from './backends.js'

export interface BackendFact {
  readonly name: string
  readonly meaning: string
  readonly works: boolean
  /** What it runs on, or why it does not work and what mends it. */
  readonly detail: string
}

/** Never throws. The backend stays the active one where it started. @param entries for tests: other backends than ours */
export async function tryBackend({ name, meaning }: BackendEntry, entries: readonly BackendEntry[] = backends()): Promise<BackendFact> {
  try {
    const { device, check } = await selectBackend(name, entries)
    const tf = await import('@tensorflow/tfjs-core')
    const product = tf.tidy(() => tf.matMul(tf.tensor2d([[1, 2]]), tf.tensor2d([[3], [4]])))
    const [value] = await product.data()
    product.dispose()
    check()
    if (value !== 11) return { name, meaning, works: false, detail: `[1, 2] · [3, 4] came out as ${value} instead of 11` }
    return { name, meaning, works: true, detail: device }
  } catch (error) {
    return { name, meaning, works: false, detail: (error as Error).message }
  }
}
