/**
 * Activations and their derivatives, in place on rows of padded width. All of them turn 0 into 0 and pass NaN on: padding stays padding.
 * They are passes of their own because inside the matrix product their constants would push the sums out of the registers.
 */
import { constant, exp4, expm1, madd } from './vector';

export const TANH = 1;
export const RELU = 2;
export const ELU = 3;

/** x [rows, ld] ← activation(x); `width` a multiple of 4. */
export function activate(activation: i32, x: usize, rows: i32, width: i32, ld: i32): void {
  if (activation == 0) return;
  if (width == ld) {
    activateRow(activation, x, rows * width); // one long row
    return;
  }
  for (let row = 0; row < rows; row++) activateRow(activation, x + (<usize>(row * ld) << 2), width);
}

/** dx [rows, ld] ← dx · activation'(·) at the input whose activation is `h` [rows, ld]. */
export function backThrough(activation: i32, dx: usize, h: usize, rows: i32, width: i32, ld: i32): void {
  if (activation == 0) return;
  if (width == ld) {
    backThroughRow(activation, dx, h, rows * width);
    return;
  }
  for (let row = 0; row < rows; row++) {
    const at = <usize>(row * ld) << 2;
    backThroughRow(activation, dx + at, h + at, width);
  }
}

function activateRow(activation: i32, x: usize, count: i32): void {
  if (activation == TANH) tanh(x, x, count);
  else if (activation == RELU) relu(x, count);
  else elu(x, count);
}

/**
 * tanh as a rational function of degree 7 over 8, a minimax fit in single precision on ±7.9, where tanh is 1 to seven digits. Largest
 * error 3.8e-7. `count` a multiple of 4.
 */
export function tanh(x: usize, out: usize, count: i32): void {
  const low = constant(-7.9);
  const high = constant(7.9);
  const p0 = constant(1.1369914457734434e-5);
  const p1 = constant(2.9444589695593743e-3);
  const p2 = constant(0.1291894866421005);
  const p3 = constant(0.9999994758945498);
  const q0 = constant(2.4427779868440243e-7);
  const q1 = constant(2.3781676039226165e-4);
  const q2 = constant(0.02378704053616298);
  const q3 = constant(0.4625206912184138);
  const q4 = constant(1);
  for (const end = x + (<usize>count << 2); x < end; x += 16, out += 16) {
    const v = f32x4.pmin(f32x4.pmax(v128.load(x), low), high);
    const z = f32x4.mul(v, v);
    let p = madd(z, p0, p1);
    let q = madd(z, q0, q1);
    p = madd(z, p, p2);
    q = madd(z, q, q2);
    p = madd(z, p, p3);
    q = madd(z, q, q3);
    q = madd(z, q, q4);
    v128.store(out, f32x4.div(f32x4.mul(v, p), q));
  }
}

/** eˣ of an array; `count` a multiple of 4. */
export function exp(x: usize, out: usize, count: i32): void {
  for (const end = x + (<usize>count << 2); x < end; x += 16, out += 16) v128.store(out, exp4(v128.load(x)));
}

function relu(x: usize, count: i32): void {
  const zero = f32x4.splat(0);
  for (const end = x + (<usize>count << 2); x < end; x += 16) v128.store(x, f32x4.pmax(v128.load(x), zero));
}

function elu(x: usize, count: i32): void {
  const zero = f32x4.splat(0);
  for (const end = x + (<usize>count << 2); x < end; x += 16) {
    const v = v128.load(x);
    v128.store(x, v128.bitselect(v, expm1(v), f32x4.gt(v, zero)));
  }
}

function backThroughRow(activation: i32, dx: usize, h: usize, count: i32): void {
  const zero = f32x4.splat(0);
  const one = constant(1);
  const end = dx + (<usize>count << 2);
  if (activation == TANH) {
    for (; dx < end; dx += 16, h += 16) {
      const y = v128.load(h);
      v128.store(dx, f32x4.mul(v128.load(dx), f32x4.sub(one, f32x4.mul(y, y))));
    }
  } else if (activation == RELU) {
    // where y is not ≤ 0, so that the gradient of a NaN goes on as NaN
    for (; dx < end; dx += 16, h += 16) v128.store(dx, v128.andnot(v128.load(dx), f32x4.le(v128.load(h), zero)));
  } else {
    // elu' = 1 above 0 and eˣ = y + 1 below
    for (; dx < end; dx += 16, h += 16) {
      v128.store(dx, f32x4.mul(v128.load(dx), f32x4.add(one, f32x4.pmin(v128.load(h), zero))));
    }
  }
}
