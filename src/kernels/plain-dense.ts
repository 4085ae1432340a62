/**
 * Dense layers in plain TypeScript, forward and backward, in the panels that kernels.ts describes: 8 columns side by side, which a row of
 * the input is multiplied with at once. Sums are float64, stored as float32.
 */
import { type ActivationCode, type Kernels, padded } from './kernels.js'
import type { PlainMemory } from './plain-memory.js'
import { tanh } from './tanh.js'

type DenseKernels = Pick<Kernels, 'pack' | 'packTransposed' | 'forward' | 'backwardInput' | 'backwardWeights' | 'gather'>

const PANEL = 8 // columns

export function plainDense(memory: PlainMemory): DenseKernels {
  const sums = new Float64Array(PANEL) // of the columns of a panel

  /** y [rows, columns] = x · panels, the sums of a panel starting from its first row where it has a bias. */
  function multiply(
    rows: number,
    depth: number,
    columns: number,
    x: number,
    ldx: number,
    panels: number,
    bias: 0 | 1,
    stride: number,
    y: number,
    ldy: number,
  ): void {
    const { f32 } = memory
    for (let first = 0; first < columns; first += PANEL) {
      const panel = panels / 4 + first * stride
      for (let row = 0; row < rows; row++) {
        let s0 = bias === 1 ? f32[panel]! : 0
        let s1 = bias === 1 ? f32[panel + 1]! : 0
        let s2 = bias === 1 ? f32[panel + 2]! : 0
        let s3 = bias === 1 ? f32[panel + 3]! : 0
        let s4 = bias === 1 ? f32[panel + 4]! : 0
        let s5 = bias === 1 ? f32[panel + 5]! : 0
        let s6 = bias === 1 ? f32[panel + 6]! : 0
        let s7 = bias === 1 ? f32[panel + 7]! : 0
        const from = x / 4 + row * ldx
        for (let k = 0, w = panel + bias * PANEL; k < depth; k++, w += PANEL) {
          const v = f32[from + k]!
          s0 += v * f32[w]!
          s1 += v * f32[w + 1]!
          s2 += v * f32[w + 2]!
          s3 += v * f32[w + 3]!
          s4 += v * f32[w + 4]!
          s5 += v * f32[w + 5]!
          s6 += v * f32[w + 6]!
          s7 += v * f32[w + 7]!
        }
        const to = y / 4 + row * ldy + first
        f32[to] = s0
        f32[to + 1] = s1
        f32[to + 2] = s2
        f32[to + 3] = s3
        f32[to + 4] = s4
        f32[to + 5] = s5
        f32[to + 6] = s6
        f32[to + 7] = s7
      }
    }
  }

  return {
    pack(weights, bias, inputs, outputs, out) {
      const { f32 } = memory
      for (let first = 0, o = out / 4; first < outputs; first += PANEL) {
        for (let k = -1; k < inputs; k++) {
          for (let j = 0; j < PANEL; j++, o++) {
            const column = first + j
            f32[o] = column >= outputs ? 0 : f32[k < 0 ? bias / 4 + column : weights / 4 + k * outputs + column]!
          }
        }
      }
    },

    packTransposed(weights, inputs, outputs, out) {
      const { f32 } = memory
      const depth = Math.ceil(outputs / 4) * 4
      for (let first = 0, o = out / 4; first < inputs; first += PANEL) {
        for (let k = 0; k < depth; k++) {
          for (let j = 0; j < PANEL; j++, o++) {
            const column = first + j
            f32[o] = column >= inputs || k >= outputs ? 0 : f32[weights / 4 + column * outputs + k]!
          }
        }
      }
    },

    forward(rows, inputs, outputs, x, ldx, packed, y, ldy, activation) {
      multiply(rows, inputs, outputs, x, ldx, packed, 1, inputs + 1, y, ldy)
      if (activation === 0) return
      const { f32 } = memory
      const width = padded(outputs) // the padding is 0 and stays so: every activation of 0 is 0
      for (let row = 0; row < rows; row++) {
        for (let i = y / 4 + row * ldy, end = i + width; i < end; i++) f32[i] = activated(activation, f32[i]!)
      }
    },

    backwardInput(rows, inputs, outputs, dy, ldy, packedTransposed, dx, ldx, activation, h) {
      multiply(rows, outputs, inputs, dy, ldy, packedTransposed, 0, Math.ceil(outputs / 4) * 4, dx, ldx)
      if (activation === 0) return
      const { f32 } = memory
      for (let row = 0; row < rows; row++) {
        for (let k = 0, i = row * ldx; k < inputs; k++, i++) f32[dx / 4 + i] = f32[dx / 4 + i]! * slope(activation, f32[h / 4 + i]!)
      }
    },

    backwardWeights(rows, inputs, outputs, x, ldx, dy, ldy, dWeights, dBias) {
      const { f32 } = memory
      for (let n = 0; n < outputs; n++) {
        let total = 0
        for (let row = 0; row < rows; row++) total += f32[dy / 4 + row * ldy + n]!
        f32[dBias / 4 + n] = f32[dBias / 4 + n]! + total
      }
      for (let first = 0; first < outputs; first += PANEL) {
        const width = Math.min(PANEL, outputs - first)
        for (let k = 0; k < inputs; k++) {
          let s0 = 0
          let s1 = 0
          let s2 = 0
          let s3 = 0
          let s4 = 0
          let s5 = 0
          let s6 = 0
          let s7 = 0
          for (let row = 0, i = x / 4 + k, d = dy / 4 + first; row < rows; row++, i += ldx, d += ldy) {
            const v = f32[i]!
            s0 += v * f32[d]!
            s1 += v * f32[d + 1]!
            s2 += v * f32[d + 2]!
            s3 += v * f32[d + 3]!
            s4 += v * f32[d + 4]!
            s5 += v * f32[d + 5]!
            s6 += v * f32[d + 6]!
            s7 += v * f32[d + 7]!
          }
          sums[0] = s0
          sums[1] = s1
          sums[2] = s2
          sums[3] = s3
          sums[4] = s4
          sums[5] = s5
          sums[6] = s6
          sums[7] = s7
          const out = dWeights / 4 + k * outputs + first
          for (let j = 0; j < width; j++) f32[out + j] = f32[out + j]! + sums[j]!
        }
      }
    },

    gather(source, index, rows, width, out, ld) {
      const { f32, i32 } = memory
      for (let r = 0; r < rows; r++) {
        const from = source / 4 + i32[index / 4 + r]! * width
        const to = out / 4 + r * ld
        for (let k = 0; k < width; k++) f32[to + k] = f32[from + k]!
      }
    },
  }
}

function activated(activation: ActivationCode, x: number): number {
  switch (activation) {
    case 0:
      return x
    case 1:
      return tanh(x)
    case 2:
      return Math.max(x, 0) // NaN passes
    case 3:
      return x < 0 ? Math.expm1(x) : x
  }
}

/** The derivative of an activation, from what it put out. */
function slope(activation: ActivationCode, y: number): number {
  switch (activation) {
    case 0:
      return 1
    case 1:
      return 1 - y * y
    case 2:
      return y > 0 ? 1 : 0
    case 3:
      return y < 0 ? y + 1 : 1
  }
}
