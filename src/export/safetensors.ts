/**
 * The policy as named arrays: eight bytes with the length of a JSON header, the header, then the numbers, little-endian.
 * Names are the parameters' own ('actor/hidden-0/kernel' [inputs, outputs], 'actor/log-std'), and `observations/mean` and `observations/variance`
 * (float64) where there are statistics. Metadata: `tau-rl`, as JSON. Source: github.com/huggingface/safetensors, "Format".
 */
import { type ExportFormat, single } from './format.js'
import { littleEndian } from './little-endian.js'
import { metadataOf } from './metadata.js'
import type { PolicyExport } from './policy.js'

export const safetensors: ExportFormat = {
  name: 'safetensors',
  description: 'named arrays with a JSON header: every parameter, and the statistics of the observations',
  extension: '.safetensors',
  encode: (policy) => single(encode(policy)),
}

const ALIGNMENT = 8 // bytes: the numbers may be mapped into memory as they stand

interface Entry {
  readonly name: string
  readonly shape: readonly number[]
  readonly data: Float32Array | Float64Array
}

function encode(policy: PolicyExport): Uint8Array {
  // Wider numbers first, so that every array lies on a multiple of its own size.
  const entries = entriesOf(policy).sort((a, b) => b.data.BYTES_PER_ELEMENT - a.data.BYTES_PER_ELEMENT)
  const header: Record<string, unknown> = { __metadata__: { 'tau-rl': JSON.stringify(metadataOf(policy)) } }
  let end = 0
  for (const { name, shape, data } of entries) {
    header[name] = { dtype: data instanceof Float64Array ? 'F64' : 'F32', shape, data_offsets: [end, end + data.byteLength] }
    end += data.byteLength
  }
  const json = JSON.stringify(header)
  const length = Math.ceil(new TextEncoder().encode(json).length / ALIGNMENT) * ALIGNMENT
  const out = new Uint8Array(8 + length + end).fill(0x20, 8, 8 + length) // spaces after the header
  new DataView(out.buffer).setBigUint64(0, BigInt(length), true)
  out.set(new TextEncoder().encode(json), 8)
  let at = 8 + length
  for (const { data } of entries) {
    out.set(littleEndian(data), at)
    at += data.byteLength
  }
  return out
}

function entriesOf({ actor, critic, logStd, statistics }: PolicyExport): Entry[] {
  const layers = [...actor, ...critic].flatMap(({ name, inputs, outputs, kernel, bias }): Entry[] => [
    { name: `${name}/kernel`, shape: [inputs, outputs], data: kernel },
    { name: `${name}/bias`, shape: [outputs], data: bias },
  ])
  return [
    ...layers,
    ...(logStd ? [{ name: 'actor/log-std', shape: [logStd.length], data: logStd }] : []),
    ...(statistics
      ? [
          { name: 'observations/mean', shape: [statistics.mean.length], data: statistics.mean },
          { name: 'observations/variance', shape: [statistics.variance.length], data: statistics.variance },
        ]
      : []),
  ]
}
