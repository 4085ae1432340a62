/**
 * Four float32 numbers at a time: multiply-add, exp, expm1, log and tanh.
 *
 * Constants: V8 rebuilds a v128 constant with three instructions at every use, also in loops. `constant` hides the value behind something
 * that only the running program knows, so that the vector is made once and stays in a register. No table in memory: a module without data
 * can be put on any memory, also somebody else's.
 *
 * NaN passes through everything here. f32x4.pmin and pmax are one instruction each (f32x4.min and max about seven), and pass NaN on when it
 * is the first operand: pmin(x, limit), never pmin(limit, x).
 */

/** Whether this build fuses multiply and add. */
// @ts-ignore: decorator
@inline
export const FUSED: bool = ASC_FEATURE_RELAXED_SIMD;

/** a · b + c: fused where the build has relaxed SIMD, two roundings otherwise. */
// @ts-ignore: decorator
@inline
export function madd(a: v128, b: v128, c: v128): v128 {
  if (FUSED) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/** 1, in a way that no compiler can know. */
// @ts-ignore: decorator
@inline
function one(): f32 {
  return select<f32>(1, 2, memory.size() > 0);
}

/** A vector of one number that is made outside of the loop that uses it. */
// @ts-ignore: decorator
@inline
export function constant(x: f32): v128 {
  return f32x4.splat(x * one());
}

/** The lowest `count` of four lanes: all bits set. */
// @ts-ignore: decorator
@inline
export function lanes(count: i32): v128 {
  return i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(count));
}

// Exponentials: 2ⁿ · eʳ with r in ±½ log 2, and eʳ − 1 − r = r² · P(r) (Cephes, expf). Relative error of exp at most 2e-7.
const LOG2_E: f32 = 1.44269504088896341;
const LN2_HIGH: f32 = 0.693359375; // exact products with small integers
const LN2_LOW: f32 = -2.12194440e-4;

/** Below it exp is 0: a masked choice has no probability at all. e^−87.3 is the smallest normal float32. */
const EXP_LOWEST: f32 = -87.3;
/** From 88.38 on n is 128, whose exponent bits are those of Infinity. */
const EXP_HIGHEST: f32 = 89;

/** eʳ − 1 − r for |r| ≤ ½ log 2, without cancellation. */
// @ts-ignore: decorator
@inline
function expRest(r: v128): v128 {
  let y = madd(f32x4.splat(1.9875691500e-4), r, f32x4.splat(1.3981999507e-3));
  y = madd(y, r, f32x4.splat(8.3334519073e-3));
  y = madd(y, r, f32x4.splat(4.1665795894e-2));
  y = madd(y, r, f32x4.splat(1.6666665459e-1));
  y = madd(y, r, f32x4.splat(5.0000001201e-1));
  return f32x4.mul(y, f32x4.mul(r, r));
}

// @ts-ignore: decorator
@inline
function clampExp(x: v128): v128 {
  return f32x4.pmin(f32x4.pmax(x, f32x4.splat(EXP_LOWEST)), f32x4.splat(EXP_HIGHEST));
}

// @ts-ignore: decorator
@inline
function exponentOf(x: v128): v128 {
  return f32x4.nearest(f32x4.mul(x, f32x4.splat(LOG2_E)));
}

// @ts-ignore: decorator
@inline
function remainderOf(x: v128, n: v128): v128 {
  return madd(n, f32x4.splat(-LN2_LOW), madd(n, f32x4.splat(-LN2_HIGH), x));
}

/** 2ⁿ for whole n in [−126, 128]; 2¹²⁸ is Infinity. */
// @ts-ignore: decorator
@inline
function powerOfTwo(n: v128): v128 {
  return i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23);
}

/** eˣ; exactly 0 below −87.3, Infinity above 88.38. */
// @ts-ignore: decorator
@inline
export function exp4(x: v128): v128 {
  const within = clampExp(x);
  const n = exponentOf(within);
  const r = remainderOf(within, n);
  const e = f32x4.mul(f32x4.add(expRest(r), f32x4.add(r, f32x4.splat(1))), powerOfTwo(n));
  return v128.andnot(e, f32x4.lt(x, f32x4.splat(EXP_LOWEST)));
}

/** eˣ − 1 for x ≤ 0, to full relative precision near 0. */
// @ts-ignore: decorator
@inline
export function expm1(x: v128): v128 {
  const within = clampExp(x);
  const n = exponentOf(within);
  const r = remainderOf(within, n);
  const scale = powerOfTwo(n);
  return madd(f32x4.add(expRest(r), r), scale, f32x4.sub(scale, f32x4.splat(1)));
}

/** eˣ − 1 − x, without cancellation near 0: the estimate of KL of a log-ratio x. `e` is exp4(x). */
// @ts-ignore: decorator
@inline
export function expm1MinusX(x: v128, e: v128): v128 {
  const near = f32x4.lt(f32x4.abs(x), f32x4.splat(0.34));
  return v128.bitselect(expRest(x), f32x4.sub(f32x4.sub(e, f32x4.splat(1)), x), near);
}

/** log x for positive normal x: exponent plus log of the mantissa in [√½, √2) (Cephes, logf). */
// @ts-ignore: decorator
@inline
export function log4(x: v128): v128 {
  const shifted = i32x4.sub(x, i32x4.splat(0x3f3504f3)); // √½: mantissas from there up keep the exponent
  const n = f32x4.convert_i32x4_s(i32x4.shr_s(shifted, 23));
  const m = f32x4.sub(i32x4.add(v128.and(shifted, i32x4.splat(0x007fffff)), i32x4.splat(0x3f3504f3)), f32x4.splat(1));
  const square = f32x4.mul(m, m);
  let y = madd(f32x4.splat(7.0376836292e-2), m, f32x4.splat(-1.1514610310e-1));
  y = madd(y, m, f32x4.splat(1.1676998740e-1));
  y = madd(y, m, f32x4.splat(-1.2420140846e-1));
  y = madd(y, m, f32x4.splat(1.4249322787e-1));
  y = madd(y, m, f32x4.splat(-1.6668057665e-1));
  y = madd(y, m, f32x4.splat(2.0000714765e-1));
  y = madd(y, m, f32x4.splat(-2.4999993993e-1));
  y = madd(y, m, f32x4.splat(3.3333331174e-1));
  y = f32x4.mul(f32x4.mul(y, m), square);
  y = madd(n, f32x4.splat(LN2_LOW), y);
  y = madd(square, f32x4.splat(-0.5), y);
  const log = madd(n, f32x4.splat(LN2_HIGH), f32x4.add(m, y));
  return v128.bitselect(x, log, f32x4.ne(x, x)); // NaN
}

/** Sum of the four lanes, always in the same order. */
// @ts-ignore: decorator
@inline
export function sumLanes(x: v128): f32 {
  return f32x4.extract_lane(x, 0) + f32x4.extract_lane(x, 1) + (f32x4.extract_lane(x, 2) + f32x4.extract_lane(x, 3));
}
