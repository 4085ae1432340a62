/**
 * One dense layer on the CPU: out = activation(x · kernel + bias), everything in flat arrays.
 *
 * Key idea: a block of 4 rows by 4 columns keeps its 16 sums in registers, so each weight is read once for four rows. Sums are float64,
 * stored as float32. Nothing is allocated. Kernel and bias are read where they lie, in the flat array of all parameters.
 */
import { type Activation, activate } from './activation.js'

/**
 * @param x [rows, inputs]
 * @param parameters holds the kernel [inputs, outputs] from `kernelAt` and the bias [outputs] from `biasAt`
 * @param out [rows, outputs]; must not be `x`
 */
export function dense(
  x: Float32Array,
  rows: number,
  inputs: number,
  parameters: Float32Array,
  kernelAt: number,
  biasAt: number,
  outputs: number,
  activation: Activation,
  out: Float32Array,
): void {
  let row = 0
  for (; row + 4 <= rows; row += 4) fourRows(x, row, inputs, parameters, kernelAt, biasAt, outputs, out)
  for (; row < rows; row++) oneRow(x, row, inputs, parameters, kernelAt, biasAt, outputs, out)
  activate(activation, out, rows * outputs)
}

function fourRows(
  x: Float32Array,
  row: number,
  inputs: number,
  p: Float32Array,
  kernelAt: number,
  biasAt: number,
  outputs: number,
  out: Float32Array,
): void {
  const x0 = row * inputs
  const x1 = x0 + inputs
  const x2 = x1 + inputs
  const x3 = x2 + inputs
  let n = 0
  for (; n + 4 <= outputs; n += 4) {
    let s00 = p[biasAt + n]!
    let s01 = p[biasAt + n + 1]!
    let s02 = p[biasAt + n + 2]!
    let s03 = p[biasAt + n + 3]!
    let s10 = s00
    let s11 = s01
    let s12 = s02
    let s13 = s03
    let s20 = s00
    let s21 = s01
    let s22 = s02
    let s23 = s03
    let s30 = s00
    let s31 = s01
    let s32 = s02
    let s33 = s03
    for (let k = 0, w = kernelAt + n; k < inputs; k++, w += outputs) {
      const w0 = p[w]!
      const w1 = p[w + 1]!
      const w2 = p[w + 2]!
      const w3 = p[w + 3]!
      let v = x[x0 + k]!
      s00 += v * w0
      s01 += v * w1
      s02 += v * w2
      s03 += v * w3
      v = x[x1 + k]!
      s10 += v * w0
      s11 += v * w1
      s12 += v * w2
      s13 += v * w3
      v = x[x2 + k]!
      s20 += v * w0
      s21 += v * w1
      s22 += v * w2
      s23 += v * w3
      v = x[x3 + k]!
      s30 += v * w0
      s31 += v * w1
      s32 += v * w2
      s33 += v * w3
    }
    let o = row * outputs + n
    out[o] = s00
    out[o + 1] = s01
    out[o + 2] = s02
    out[o + 3] = s03
    o += outputs
    out[o] = s10
    out[o + 1] = s11
    out[o + 2] = s12
    out[o + 3] = s13
    o += outputs
    out[o] = s20
    out[o + 1] = s21
    out[o + 2] = s22
    out[o + 3] = s23
    o += outputs
    out[o] = s30
    out[o + 1] = s31
    out[o + 2] = s32
    out[o + 3] = s33
  }
  for (; n < outputs; n++) {
    let s0 = p[biasAt + n]!
    let s1 = s0
    let s2 = s0
    let s3 = s0
    for (let k = 0, w = kernelAt + n; k < inputs; k++, w += outputs) {
      const weight = p[w]!
      s0 += x[x0 + k]! * weight
      s1 += x[x1 + k]! * weight
      s2 += x[x2 + k]! * weight
      s3 += x[x3 + k]! * weight
    }
    const o = row * outputs + n
    out[o] = s0
    out[o + outputs] = s1
    out[o + 2 * outputs] = s2
    out[o + 3 * outputs] = s3
  }
}

/** The rows that fill no block of four. Each sum runs in the same order as in a block: a row's result does not depend on its neighbours. */
function oneRow(
  x: Float32Array,
  row: number,
  inputs: number,
  p: Float32Array,
  kernelAt: number,
  biasAt: number,
  outputs: number,
  out: Float32Array,
): void {
  const x0 = row * inputs
  const o = row * outputs
  let n = 0
  for (; n + 4 <= outputs; n += 4) {
    let s0 = p[biasAt + n]!
    let s1 = p[biasAt + n + 1]!
    let s2 = p[biasAt + n + 2]!
    let s3 = p[biasAt + n + 3]!
    for (let k = 0, w = kernelAt + n; k < inputs; k++, w += outputs) {
      const v = x[x0 + k]!
      s0 += v * p[w]!
      s1 += v * p[w + 1]!
      s2 += v * p[w + 2]!
      s3 += v * p[w + 3]!
    }
    out[o + n] = s0
    out[o + n + 1] = s1
    out[o + n + 2] = s2
    out[o + n + 3] = s3
  }
  for (; n < outputs; n++) {
    let s = p[biasAt + n]!
    for (let k = 0, w = kernelAt + n; k < inputs; k++, w += outputs) s += x[x0 + k]! * p[w]!
    out[o + n] = s
  }
}
