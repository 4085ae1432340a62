/** Memory of a long training: tensors and their bytes from the third update on, and the resident memory of the process. */
import * as tf from '@tensorflow/tfjs-core'
import { cleanrlAgent } from '../cleanrl.js'
import type { BenchEntry } from '../entry.js'

const UPDATES = 1000
const SETTLED = 200 // updates after which the heap has found its size
const MIB = 2 ** 20

export const memory: BenchEntry = {
  name: 'memory',
  what: `memory over ${UPDATES} updates at CleanRL's settings`,

  async run() {
    const agent = cleanrlAgent({ name: 'loss-feedback' })
    const tensors = new Set<number>()
    const bytes = new Set<number>()
    const resident: number[] = []
    for (let update = 1; update <= UPDATES; update++) {
      await agent.iterate(update / (UPDATES + 1))
      const { numTensors, numBytes } = tf.memory()
      if (update >= 3) {
        tensors.add(numTensors)
        bytes.add(numBytes)
      }
      resident.push(process.memoryUsage.rss() / MIB)
    }
    const settled = resident.slice(SETTLED)
    return {
      unit: 'update',
      timings: [],
      numbers: [
        { name: 'numbers of tensors seen from update 3 on', value: tensors.size, unit: 'values', target: { atMost: 1 } },
        { name: 'numbers of tensor bytes seen from update 3 on', value: bytes.size, unit: 'values', target: { atMost: 1 } },
        { name: 'tensors', value: [...tensors][0]!, unit: '' },
        { name: `resident at update ${SETTLED}`, value: settled[0]!, unit: 'MiB' },
        { name: `resident at update ${UPDATES}`, value: settled.at(-1)!, unit: 'MiB' },
        {
          name: `growth of the resident memory per 100 updates after ${SETTLED}`,
          value: slope(settled) * 100,
          unit: 'MiB',
          target: { atMost: 0.5 },
        },
      ],
    }
  },
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
