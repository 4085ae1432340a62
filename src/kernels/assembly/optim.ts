/** Sums of squares and the steps of the optimisers on flat arrays, at addresses that are multiples of 4; any count. */
import { madd } from './vector';

/** Σ x² in float64. */
export function sumOfSquares(x: usize, count: i32): f64 {
  let a = f64x2.splat(0), b = f64x2.splat(0), c = f64x2.splat(0), d = f64x2.splat(0);
  const end = x + (<usize>count << 2);
  for (; x + 32 <= end; x += 32) {
    const p = f64x2.promote_low_f32x4(v128.load64_zero(x)), q = f64x2.promote_low_f32x4(v128.load64_zero(x, 8));
    const r = f64x2.promote_low_f32x4(v128.load64_zero(x, 16)), s = f64x2.promote_low_f32x4(v128.load64_zero(x, 24));
    a = f64x2.add(a, f64x2.mul(p, p));
    b = f64x2.add(b, f64x2.mul(q, q));
    c = f64x2.add(c, f64x2.mul(r, r));
    d = f64x2.add(d, f64x2.mul(s, s));
  }
  a = f64x2.add(f64x2.add(a, b), f64x2.add(c, d));
  let sum = f64x2.extract_lane(a, 0) + f64x2.extract_lane(a, 1);
  for (; x < end; x += 4) {
    const v = <f64>load<f32>(x);
    sum += v * v;
  }
  return sum;
}

/** x ← x · factor */
export function scale(x: usize, count: i32, factor: f32): void {
  const end = x + (<usize>count << 2), by = f32x4.splat(factor);
  for (; x + 16 <= end; x += 16) v128.store(x, f32x4.mul(v128.load(x), by));
  for (; x < end; x += 4) store<f32>(x, load<f32>(x) * factor);
}

/** x ← 0, also where x is not finite. */
export function clear(x: usize, count: i32): void {
  const end = x + (<usize>count << 2), zero = f32x4.splat(0);
  for (; x + 16 <= end; x += 16) v128.store(x, zero);
  for (; x < end; x += 4) store<f32>(x, 0);
}

/** One step of Adam; the loop is bound by its root and its division, so that decay and penalty cost nothing. */
export function adam(
  parameters: usize, gradient: usize, m: usize, v: usize, count: i32, factor: f32, beta1: f64, beta2: f64, rate: f32, inverseRoot: f32,
  epsilon: f32, keep: f32, penalty: f32,
): void {
  const scaled = f32x4.splat(factor), b1 = f32x4.splat(<f32>beta1), b2 = f32x4.splat(<f32>beta2);
  const c1 = f32x4.splat(<f32>(1 - beta1)), c2 = f32x4.splat(<f32>(1 - beta2)); // from float64: 1 − 0.999 in float32 is off by 1e-5
  const step = f32x4.splat(-rate), root = f32x4.splat(inverseRoot), eps = f32x4.splat(epsilon);
  const kept = f32x4.splat(keep), l2 = f32x4.splat(penalty);
  const whole = count & ~3;
  for (let at: usize = 0, end = <usize>whole << 2; at < end; at += 16) {
    const p = v128.load(parameters + at);
    const g = madd(l2, p, f32x4.mul(v128.load(gradient + at), scaled));
    const first = madd(v128.load(m + at), b1, f32x4.mul(g, c1));
    const second = madd(v128.load(v + at), b2, f32x4.mul(f32x4.mul(g, g), c2));
    v128.store(m + at, first);
    v128.store(v + at, second);
    const by = f32x4.div(first, madd(f32x4.sqrt(second), root, eps));
    v128.store(parameters + at, madd(step, by, f32x4.mul(p, kept)));
  }
  for (let at = <usize>whole << 2, end = <usize>count << 2; at < end; at += 4) {
    const p = v128.load32_zero(parameters + at);
    const g = madd(l2, p, f32x4.mul(v128.load32_zero(gradient + at), scaled));
    const first = madd(v128.load32_zero(m + at), b1, f32x4.mul(g, c1));
    const second = madd(v128.load32_zero(v + at), b2, f32x4.mul(f32x4.mul(g, g), c2));
    v128.store_lane<u32>(m + at, first, 0);
    v128.store_lane<u32>(v + at, second, 0);
    const by = f32x4.div(first, madd(f32x4.sqrt(second), root, eps));
    v128.store_lane<u32>(parameters + at, madd(step, by, f32x4.mul(p, kept)), 0);
  }
}

/** One step of RMSprop; `inside` 1: √(v + ε), 0: √v + ε. */
export function rmsprop(
  parameters: usize, gradient: usize, v: usize, count: i32, factor: f32, alpha: f64, rate: f32, epsilon: f32, inside: i32,
): void {
  const scaled = f32x4.splat(factor), a = f32x4.splat(<f32>alpha), c = f32x4.splat(<f32>(1 - alpha)), step = f32x4.splat(-rate);
  const under = f32x4.splat(inside ? epsilon : 0), beside = f32x4.splat(inside ? 0 : epsilon);
  const whole = count & ~3;
  for (let at: usize = 0, end = <usize>whole << 2; at < end; at += 16) {
    const g = f32x4.mul(v128.load(gradient + at), scaled);
    const second = madd(v128.load(v + at), a, f32x4.mul(f32x4.mul(g, g), c));
    v128.store(v + at, second);
    const by = f32x4.div(g, f32x4.add(f32x4.sqrt(f32x4.add(second, under)), beside));
    v128.store(parameters + at, madd(step, by, v128.load(parameters + at)));
  }
  for (let at = <usize>whole << 2, end = <usize>count << 2; at < end; at += 4) {
    const g = f32x4.mul(v128.load32_zero(gradient + at), scaled);
    const second = madd(v128.load32_zero(v + at), a, f32x4.mul(f32x4.mul(g, g), c));
    v128.store_lane<u32>(v + at, second, 0);
    const by = f32x4.div(g, f32x4.add(f32x4.sqrt(f32x4.add(second, under)), beside));
    v128.store_lane<u32>(parameters + at, madd(step, by, v128.load32_zero(parameters + at)), 0);
  }
}
