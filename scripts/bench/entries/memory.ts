/**
 * Memory of a long training: what `train` takes by default, and TensorFlow.js on wasm with its tensors and their bytes from the third update on.
 * Each in a process of its own, run from source, whose other contents are next to nothing.
 */
import type { BenchEntry, BenchNumber } from '../entry.js'
import { startOurs } from '../ours/start.js'

/** Updates, and those of them after which the heap has found its size: from source it swells by 25 MiB until update 1500 and gives that back. */
const LENGTHS = { fused: { updates: 6000, settled: 2000 }, wasm: { updates: 1000, settled: 200 } } as const

export const memory: BenchEntry = {
  name: 'memory',
  what: "memory over 1,000 updates and more at CleanRL's settings, in processes of their own",

  async run() {
    const numbers: BenchNumber[] = []
    for (const backend of ['fused', 'wasm'] as const) numbers.push(...(await held(backend)))
    return { unit: 'update', timings: [], numbers }
  },
}

async function held(backend: keyof typeof LENGTHS): Promise<BenchNumber[]> {
  const { updates, settled: from } = LENGTHS[backend]
  const program = await startOurs('memory.ts')
  try {
    const told = (await program.ask({ backend, updates })) as unknown as Readonly<Record<'tensors' | 'bytes' | 'resident', number[]>>
    const settled = told.resident.slice(from)
    const numbers: BenchNumber[] = [
      { name: `resident at update ${from}`, value: settled[0]!, unit: 'MiB' },
      { name: `resident at update ${updates}`, value: settled.at(-1)!, unit: 'MiB' },
      {
        name: `growth of the resident memory per 100 updates after ${from}`,
        value: slope(settled) * 100,
        unit: 'MiB',
        target: { atMost: 0.5 },
      },
      { name: 'numbers of tensors seen from update 3 on', value: told.tensors.length, unit: 'values', target: { atMost: 1 } },
      { name: 'numbers of tensor bytes seen from update 3 on', value: told.bytes.length, unit: 'values', target: { atMost: 1 } },
      { name: 'tensors', value: told.tensors[0]!, unit: '' },
    ]
    return numbers.map((number) => ({ ...number, name: `${backend}: ${number.name}` }))
  } finally {
    await program.close()
  }
}

/** Least squares, per index. */
function slope(values: readonly number[]): number {
  const middle = (values.length - 1) / 2
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  let xy = 0
  let xx = 0
  values.forEach((value, i) => {
    xy += (i - middle) * (value - mean)
    xx += (i - middle) ** 2
  })
  return xy / xx
}
