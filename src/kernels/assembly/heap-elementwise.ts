// Elementwise functions and sums on the heap of the tfjs backend. Lengths are any; NaN passes everywhere.
import { RELU, TANH, ELU, activate as activateRows, tanh as tanhRow } from './activation';
import { constant, exp4, sumLanes } from './vector';

// what TensorFlow.js fuses beyond the three of activation.ts
const RELU6 = 4, SIGMOID = 5, LEAKY = 6;

/** out = tanh x. pad: 16 bytes of scratch. */
export function tanh(x: usize, out: usize, n: i32, pad: usize): void {
  const whole = n & ~3, rest = <usize>(n & 3) * 4;
  tanhRow(x, out, whole);
  if (!rest) return;
  memory.fill(pad, 0, 16);
  memory.copy(pad, x + <usize>whole * 4, rest);
  tanhRow(pad, pad, 4);
  memory.copy(out + <usize>whole * 4, pad, rest);
}

/** In place. 1 tanh, 2 relu, 3 elu, 4 relu6, 5 sigmoid, 6 leaky relu (slope). pad: 16 bytes of scratch. */
export function activate(kind: i32, x: usize, n: i32, slope: f32, pad: usize): void {
  const whole = n & ~3, rest = <usize>(n & 3) * 4;
  activateWhole(kind, x, whole, slope);
  if (!rest) return;
  memory.fill(pad, 0, 16);
  memory.copy(pad, x + <usize>whole * 4, rest);
  activateWhole(kind, pad, 4, slope);
  memory.copy(x + <usize>whole * 4, pad, rest);
}

function activateWhole(kind: i32, x: usize, n: i32, slope: f32): void {
  if (kind == TANH || kind == RELU || kind == ELU) {
    activateRows(kind, x, 1, n, n);
    return;
  }
  const zero = f32x4.splat(0), one = constant(1), six = constant(6), slopes = constant(slope);
  for (const end = x + <usize>n * 4; x < end; x += 16) {
    const v = v128.load(x);
    if (kind == RELU6) v128.store(x, f32x4.pmin(f32x4.pmax(v, zero), six));
    else if (kind == SIGMOID) v128.store(x, f32x4.div(one, f32x4.add(one, exp4(f32x4.neg(v)))));
    else if (kind == LEAKY) v128.store(x, v128.bitselect(f32x4.mul(v, slopes), v, f32x4.lt(v, zero)));
  }
}

/** x [rows, n] <- x < 0 ? x * slopes [n] : x. */
export function prelu(x: usize, rows: i32, n: i32, slopes: usize): void {
  for (let r = 0; r < rows; r++)
    for (let j: usize = 0; j < <usize>n * 4; j += 4, x += 4) { const v = load<f32>(x); if (v < 0) store<f32>(x, v * load<f32>(slopes + j)); }
}

/** out [n] = sums over the rows of x [rows, n], in blocks of 256 rows so that long sums lose little. */
export function sumRows(x: usize, rows: i32, n: i32, out: usize): void {
  const stride = <usize>n * 4;
  memory.fill(out, 0, stride);
  for (let r = 0; r < rows; r += 256, x += stride * 256) {
    const end = stride * <usize>min(256, rows - r);
    let j: usize = 0;
    for (; j + 64 <= stride; j += 64) {
      let a = f32x4.splat(0), b = f32x4.splat(0), c = f32x4.splat(0), d = f32x4.splat(0);
      for (let i = j; i < end; i += stride) {
        a = f32x4.add(a, v128.load(x + i)); b = f32x4.add(b, v128.load(x + i, 16));
        c = f32x4.add(c, v128.load(x + i, 32)); d = f32x4.add(d, v128.load(x + i, 48));
      }
      addTo(out + j, a); addTo(out + j + 16, b); addTo(out + j + 32, c); addTo(out + j + 48, d);
    }
    for (; j + 16 <= stride; j += 16) {
      let a = f32x4.splat(0);
      for (let i = j; i < end; i += stride) a = f32x4.add(a, v128.load(x + i));
      addTo(out + j, a);
    }
    for (; j < stride; j += 4) {
      let a: f32 = 0;
      for (let i = j; i < end; i += stride) a += load<f32>(x + i);
      store<f32>(out + j, load<f32>(out + j) + a);
    }
  }
}

/** out [rows] = sums along the rows of x [rows, n]; 16 partial sums, in blocks of 4096. */
export function sumColumns(x: usize, rows: i32, n: i32, out: usize): void {
  for (let r = 0; r < rows; r++, out += 4) {
    let total: f32 = 0;
    for (let left = n; left > 0; left -= 4096) {
      const end = x + <usize>min(left, 4096) * 4;
      let a = f32x4.splat(0), b = f32x4.splat(0), c = f32x4.splat(0), d = f32x4.splat(0);
      for (; x + 64 <= end; x += 64) {
        a = f32x4.add(a, v128.load(x)); b = f32x4.add(b, v128.load(x, 16)); c = f32x4.add(c, v128.load(x, 32)); d = f32x4.add(d, v128.load(x, 48));
      }
      a = f32x4.add(f32x4.add(a, b), f32x4.add(c, d));
      let sum = sumLanes(a);
      for (; x < end; x += 4) sum += load<f32>(x);
      total += sum;
    }
    store<f32>(out, total);
  }
}

// @ts-ignore: decorator
@inline
function addTo(p: usize, v: v128): void { v128.store(p, f32x4.add(v128.load(p), v)); }

/** out = square root of x, exact. */
export function sqrt(x: usize, out: usize, n: i32): void {
  let i: usize = 0;
  for (; i + 16 <= <usize>n * 4; i += 16) v128.store(out + i, f32x4.sqrt(v128.load(x + i)));
  for (; i < <usize>n * 4; i += 4) store<f32>(out + i, Mathf.sqrt(load<f32>(x + i)));
}
