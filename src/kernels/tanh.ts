/**
 * A fast tanh: an odd rational function x·P(x²)/Q(x²) of degree 9 over 8, clamped where tanh is 1 to seven digits.
 *
 * The coefficients are our own minimax fit of the relative error on [−8.5, 8.5] (Remez exchange at 50 digits). Against Math.tanh the
 * largest error is 7.1e-8, reached at the clamp; below |x| = 8 it is 1.2e-8 relative. A float32 has a spacing of 6e-8 near 1, so stored
 * values are as good as exact. About four times as fast as Math.tanh. NaN stays NaN.
 */

const CLAMP = 8.5

/** Largest |tanh(x) − Math.tanh(x)| over all x. */
export const TANH_MAX_ERROR = 7.2e-8

export function tanh(x: number): number {
  const v = Math.min(CLAMP, Math.max(-CLAMP, x))
  const y = v * v
  const p =
    0.9999999881757213 + y * (0.1341324538176438 + y * (0.003534025065592368 + y * (2.125101667189945e-5 + y * 1.4269193611903563e-8)))
  const q = 1 + y * (0.4674656811425434 + y * (0.026022744419295363 + y * (0.0003348861949640467 + y * 8.14510849918978e-7)))
  return (v * p) / q
}
