/** Numbers as bytes in the order that files of every format here use, whatever this machine does. */
export function littleEndian(...arrays: readonly (Float32Array | Float64Array | BigInt64Array)[]): Uint8Array {
  const out = new Uint8Array(arrays.reduce((sum, { byteLength }) => sum + byteLength, 0))
  const view = new DataView(out.buffer)
  let at = 0
  for (const data of arrays) {
    for (let i = 0; i < data.length; i++, at += data.BYTES_PER_ELEMENT) {
      if (data instanceof BigInt64Array) view.setBigInt64(at, data[i]!, true)
      else if (data instanceof Float64Array) view.setFloat64(at, data[i]!, true)
      else view.setFloat32(at, data[i]!, true)
    }
  }
  return out
}
