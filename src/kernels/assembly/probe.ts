/** What the loader and the bench ask of the processor. */
import { madd } from './vector';

/** a · b + c as this build and this processor compute it. */
export function multiplyAdd(a: f32, b: f32, c: f32): f32 {
  return f32x4.extract_lane(madd(f32x4.splat(a), f32x4.splat(b), f32x4.splat(c)), 0);
}

/** `turns` times 12 independent vector multiply-adds on registers: 96 · `turns` operations, the most that one core can do. */
export function peak(turns: i32, factor: f32): f32 {
  const x = f32x4.splat(factor);
  let a = f32x4.splat(1), b = f32x4.splat(2), c = f32x4.splat(3), d = f32x4.splat(4), e = f32x4.splat(5), f = f32x4.splat(6);
  let g = f32x4.splat(7), h = f32x4.splat(8), i = f32x4.splat(9), j = f32x4.splat(10), k = f32x4.splat(11), l = f32x4.splat(12);
  for (let turn = 0; turn < turns; turn++) {
    a = madd(x, a, x); b = madd(x, b, x); c = madd(x, c, x); d = madd(x, d, x); e = madd(x, e, x); f = madd(x, f, x);
    g = madd(x, g, x); h = madd(x, h, x); i = madd(x, i, x); j = madd(x, j, x); k = madd(x, k, x); l = madd(x, l, x);
  }
  a = f32x4.add(f32x4.add(f32x4.add(a, b), f32x4.add(c, d)), f32x4.add(e, f));
  g = f32x4.add(f32x4.add(f32x4.add(g, h), f32x4.add(i, j)), f32x4.add(k, l));
  return f32x4.extract_lane(f32x4.add(a, g), 0);
}
