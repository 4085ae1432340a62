/** `expect(numbers).toBeAllClose(expected, rtol, atol)`: NumPy's allclose; NaN equals NaN, Infinity equals Infinity. */
import { expect } from 'vitest'

expect.extend({
  toBeAllClose(received: ArrayLike<number>, expected: ArrayLike<number>, rtol = 1e-9, atol = 0) {
    const failure = firstDifference(received, expected, rtol, atol)
    return {
      pass: failure === null,
      message: () => failure ?? `expected the values to differ by more than rtol ${rtol}, atol ${atol}`,
    }
  },
})

function firstDifference(received: ArrayLike<number>, expected: ArrayLike<number>, rtol: number, atol: number): string | null {
  if (received.length !== expected.length) return `expected ${expected.length} values, got ${received.length}`
  for (let i = 0; i < expected.length; i++) {
    const got = received[i]!
    const want = expected[i]!
    if (Object.is(got, want) || got === want) continue
    if (Math.abs(got - want) <= atol + rtol * Math.abs(want)) continue
    return `at index ${i}: expected ${want}, got ${got} (difference ${got - want}, rtol ${rtol}, atol ${atol})`
  }
  return null
}

declare module 'vitest' {
  // biome-ignore lint/suspicious/noExplicitAny: the signature vitest declares
  interface Matchers<T = any> {
    /** @param rtol relative tolerance, default 1e-9  @param atol absolute tolerance, default 0 */
    toBeAllClose(expected: ArrayLike<number>, rtol?: number, atol?: number): T
  }
}
