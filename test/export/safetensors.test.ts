import { expect, test } from 'vitest'
import { safetensors } from '../../src/export/safetensors.js'
import { exportFormatSuite } from '../suites/export-format.js'
import { exportCase } from '../support/export-cases.js'

interface Entry {
  readonly dtype: 'F32' | 'F64'
  readonly shape: readonly number[]
  readonly data_offsets: readonly [number, number]
}

/** Header and arrays of such a file; every byte belongs to one array, in order. */
function readSafetensors(bytes: Uint8Array) {
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  const start = 8 + Number(view.getBigUint64(0, true))
  const { __metadata__, ...entries } = JSON.parse(new TextDecoder().decode(bytes.subarray(8, start))) as Record<string, Entry> & {
    __metadata__: Record<string, string>
  }
  let end = 0
  const arrays: Record<string, number[]> = {}
  for (const [name, { dtype, shape, data_offsets: offsets }] of Object.entries(entries) as [string, Entry][]) {
    const size = dtype === 'F64' ? 8 : 4
    const count = shape.reduce((product, side) => product * side, 1)
    expect(offsets).toEqual([end, end + count * size])
    expect(offsets[0] % size).toBe(0)
    end = offsets[1]
    arrays[name] = Array.from({ length: count }, (_, i) =>
      size === 8 ? view.getFloat64(start + offsets[0] + 8 * i, true) : view.getFloat32(start + offsets[0] + 4 * i, true),
    )
  }
  expect(start % 8).toBe(0)
  expect(start + end).toBe(bytes.length)
  return { metadata: JSON.parse(__metadata__['tau-rl']!), arrays }
}

const ACTIVATIONS: Record<string, (z: number) => number> = {
  linear: (z) => z,
  tanh: Math.tanh,
  relu: (z) => Math.max(z, 0),
  elu: (z) => (z < 0 ? Math.expm1(z) : z),
}

exportFormatSuite(safetensors, async (files) => {
  const { metadata, arrays } = readSafetensors(files.get('policy')!)
  const forward = (network: string, input: number[]): number[] => {
    const { hidden, activation } = metadata.network
    const names = [...hidden.map((_: number, i: number) => `hidden-${i}`), 'output']
    return names.reduce((x: number[], name, i) => {
      const kernel = arrays[`${network}/${name}/kernel`]!
      const z = arrays[`${network}/${name}/bias`]!.map((b, n, { length }) =>
        x.reduce((sum, value, k) => sum + value * kernel[k * length + n]!, b),
      )
      return i < hidden.length ? z.map(ACTIVATIONS[activation]!) : z
    }, input)
  }
  return {
    metadata,
    answer: async (observations, rows) => {
      const width = observations.length / rows
      const { statistics } = metadata.observations
      const seen = Array.from(observations, (x, i) => {
        if (!statistics) return x
        const k = i % width
        const scaled = (x - arrays['observations/mean']![k]!) / Math.sqrt(arrays['observations/variance']![k]! + statistics.epsilon)
        return Math.min(Math.max(scaled, -statistics.clip), statistics.clip)
      })
      const each = Array.from({ length: rows }, (_, row) => seen.slice(row * width, (row + 1) * width))
      return { outputs: each.flatMap((x) => forward('actor', x)), values: each.flatMap((x) => forward('critic', x)) }
    },
  }
})

test('holds every parameter by its own name, and the statistics as they are', async () => {
  const { policy } = await exportCase('box')
  const { arrays } = readSafetensors(safetensors.encode(policy).get('policy')!)
  expect(arrays['actor/hidden-0/kernel']).toEqual([...policy.actor[0]!.kernel])
  expect(arrays['actor/log-std']).toEqual([...policy.logStd!])
  expect(arrays['observations/mean']).toEqual([...policy.statistics!.mean])
  expect(arrays['observations/variance']).toEqual([...policy.statistics!.variance])
})
