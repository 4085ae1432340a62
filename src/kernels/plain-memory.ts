/** The memory of the plain kernels: one shared buffer that grows in place, so that views made before stay valid. */
import { RunError } from '../core/errors.js'
import type { KernelMemory } from './kernels.js'

/** The whole buffer as numbers of each kind: index = address / bytes of one number. They are made anew when the buffer grows. */
export interface PlainMemory extends KernelMemory {
  readonly f32: Float32Array
  readonly i32: Int32Array
  readonly f64: Float64Array
}

const LINE = 64 // bytes: allocations start on a line of the processor's cache
const FIRST = 2 ** 20 // bytes
const MOST = 2 ** 30 // bytes; reserved, not used, before they are needed

/** A SharedArrayBuffer that was made with room to grow (ES2024). */
interface GrowingBuffer extends SharedArrayBuffer {
  grow(bytes: number): void
}

export function plainMemory(most: number = MOST): PlainMemory {
  const Growing = SharedArrayBuffer as unknown as new (bytes: number, options: { maxByteLength: number }) => GrowingBuffer
  const buffer = new Growing(Math.min(FIRST, most), { maxByteLength: most })
  const views = () => ({
    f32: new Float32Array(buffer, 0, buffer.byteLength / 4),
    i32: new Int32Array(buffer, 0, buffer.byteLength / 4),
    f64: new Float64Array(buffer, 0, buffer.byteLength / 8),
  })
  let { f32, i32, f64 } = views()
  let top = LINE // address 0 is nobody's

  return {
    buffer,
    get f32() {
      return f32
    },
    get i32() {
      return i32
    },
    get f64() {
      return f64
    },

    allocate(floats) {
      const at = top
      const end = at + Math.ceil((floats * 4) / LINE) * LINE
      if (end > most) throw new RunError(`kernels: expected at most ${most / 2 ** 20} MiB of memory to be needed, got a need for more`)
      if (end > buffer.byteLength) {
        buffer.grow(Math.min(most, Math.max(end, 2 * buffer.byteLength)))
        ;({ f32, i32, f64 } = views())
      }
      top = end
      return at
    },
  }
}
