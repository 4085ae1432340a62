import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { lossFeedback } from '../../src/clip/loss-feedback.js'
import { stream } from '../../src/core/random.js'
import { clipRuleSuite, hear } from '../suites/clip-rule.js'
import { fixture } from '../support/fixtures.js'

clipRuleSuite('loss-feedback', () => lossFeedback())
clipRuleSuite('loss-feedback on returns, with everything set', () =>
  lossFeedback({ signal: 'return', warmup: 2, patience: 2, cooldown: 1, direction: 'worse-down', min: 0.2, max: 3, tau0: 1 }),
)

/** The bare controller: every change counts, nothing pulls back. */
const bare = { decay: 0, rtol: 0, leak: 0 }

describe('the direction', () => {
  test('performance worse → τ up, better → τ down', () => {
    const up = hear(lossFeedback(bare), [1, 2]).taus
    const down = hear(lossFeedback(bare), [2, 1]).taus
    expect(up[1]).toBeGreaterThan(up[0]!)
    expect(down[1]).toBeLessThan(down[0]!)
  })

  test('a higher return is better, so τ falls', () => {
    expect(hear(lossFeedback({ ...bare, signal: 'return' }), [10, 20]).taus[1]).toBeLessThan(0.5)
  })

  test('worse-down is the mirror image', () => {
    const losses = [3, 5, 4, 4.5, 1, 2]
    const up = hear(lossFeedback(bare), losses).taus.map((tau) => Math.log(tau / 0.5))
    const down = hear(lossFeedback({ ...bare, direction: 'worse-down' }), losses).taus.map((tau) => Math.log(tau / 0.5))
    expect(down).toBeAllClose(
      up.map((x) => -x),
      0,
      1e-12,
    )
  })

  test('a signal of another name changes nothing', () => {
    expect(hear(lossFeedback(bare), [1, 5, 9], 'return').taus).toEqual([0.5, 0.5, 0.5])
  })
})

interface FeedbackStream {
  readonly stream: string
  readonly args: {
    readonly tau0: number
    readonly up: number
    readonly min: number
    readonly max: number
    readonly losses: readonly number[]
  }
  readonly rows: readonly (readonly number[])[]
}

test.each((fixture('clip').streams as FeedbackStream[]).filter((one) => one.stream === 'loss_feedback'))(
  'follows the reference stream $args.up',
  ({ args, rows }) => {
    const { losses, ...options } = args
    const { tau0, up, min, max } = options
    expect(hear(lossFeedback({ ...bare, tau0, up, min, max }), losses).taus).toBeAllClose(rows.flat(), 1e-9)
  },
)

describe('is safe', () => {
  const signals = fc.array(fc.oneof(fc.double(), fc.double({ min: -10, max: 10, noNaN: true })), { maxLength: 200 })

  test('τ stays within its bounds after any signals', () => {
    fc.assert(
      fc.property(signals, (values) => {
        for (const tau of hear(lossFeedback(bare), values).taus) {
          expect(tau).toBeGreaterThanOrEqual(0.125)
          expect(tau).toBeLessThanOrEqual(2)
        }
      }),
    )
  })

  test('the first signal, and one that is not finite, change nothing', () => {
    const { taus, state } = hear(lossFeedback(bare), [Number.NaN, 7, Number.POSITIVE_INFINITY, Number.NaN, 7])
    expect(taus).toEqual([0.5, 0.5, 0.5, 0.5, 0.5])
    expect(state.ignored).toBe(3)
  })

  test('equal steps: a move and its reverse bring τ back', () => {
    const { taus } = hear(lossFeedback({ ...bare, tau0: 0.7 }), [1, 2, 1, 2, 1])
    expect(taus[2]).toBeCloseTo(0.7, 12)
    expect(taus[4]).toBeCloseTo(0.7, 12)
  })

  test('the dead band is right for negative losses: it never depends on the sign', () => {
    const losses = [-1, -1.04, -1.2, -1.21, -0.9]
    const mirrored = losses.map((loss) => -loss)
    const down = hear(lossFeedback({ ...bare, rtol: 0.05 }), losses).taus
    const up = hear(lossFeedback({ ...bare, rtol: 0.05 }), mirrored).taus
    expect(down.map((tau) => Math.log(tau / 0.5))).toBeAllClose(
      up.map((tau) => -Math.log(tau / 0.5)),
      0,
      1e-12,
    )
    expect(down[1]).toBe(0.5) // 4 % is within the band
    expect(down[2]).toBeLessThan(0.5) // a loss of −1.2 after −1.04 is better
  })

  test('a constant signal leaves τ where it is', () => {
    expect(
      new Set(
        hear(
          lossFeedback(),
          Array.from({ length: 100 }, () => 3),
        ).taus,
      ),
    ).toEqual(new Set([0.5]))
  })

  test('a random walk does not carry it away', () => {
    const random = stream(1, 'walk')
    let x = 0
    const walk = Array.from({ length: 1000 }, () => (x += random.next() < 0.5 ? 1 : -1))
    const { taus } = hear(lossFeedback({ decay: 0 }), walk)
    const logs = taus.slice(100).map((tau) => Math.log(tau / 0.5))
    expect(Math.abs(logs.reduce((sum, value) => sum + value, 0) / logs.length)).toBeLessThan(0.2)
  })

  test('a trend does not pin it to a bound: the leak holds against it', () => {
    const rising = Array.from({ length: 500 }, (_, i) => 1.2 ** i)
    const falling = Array.from({ length: 500 }, (_, i) => 0.8 ** i)
    for (const tau of hear(lossFeedback(), rising).taus) expect(tau).toBeLessThan(2 * 0.9)
    for (const tau of hear(lossFeedback(), falling).taus) expect(tau).toBeGreaterThan(0.125 * 1.1)
    // without the leak it would be pinned
    expect(hear(lossFeedback({ leak: 0 }), rising).taus.at(-1)).toBe(2)
  })

  test('when nothing moves any more the leak brings τ back to τ₀', () => {
    const values = [...Array.from({ length: 20 }, (_, i) => 1.5 ** i), ...Array.from({ length: 200 }, () => 1.5 ** 19)]
    expect(hear(lossFeedback({ decay: 0 }), values).taus.at(-1)).toBeCloseTo(0.5, 6)
  })
})

describe('the remaining options', () => {
  test('warm-up: signals that only set the reference', () => {
    const { taus } = hear(lossFeedback({ ...bare, warmup: 2 }), [1, 2, 3, 4])
    expect(taus.slice(0, 3)).toEqual([0.5, 0.5, 0.5])
    expect(taus[3]).toBeGreaterThan(0.5)
  })

  test('patience: so many moves in one direction before τ follows', () => {
    const { taus } = hear(lossFeedback({ ...bare, patience: 2 }), [1, 2, 3, 4, 5])
    expect(taus.map((tau) => Math.round(Math.log(tau / 0.5) / Math.log(1.1)))).toEqual([0, 0, 1, 1, 2])
  })

  test('cool-down: τ holds for so many updates after it moved', () => {
    const { taus } = hear(lossFeedback({ ...bare, cooldown: 2 }), [1, 2, 3, 4, 5])
    expect(taus.map((tau) => Math.round(Math.log(tau / 0.5) / Math.log(1.1)))).toEqual([0, 1, 1, 1, 2])
  })

  test('says what it did and why', () => {
    const rule = lossFeedback(bare)
    expect(rule.explain?.(hear(rule, [1, 2]).state)).toBe('τ 0.55 up: loss 1 → 2, worse')
    expect(rule.explain?.(hear(rule, [2, 1]).state)).toBe('τ 0.4545 down: loss 2 → 1, better')
  })

  test.each([
    [{ tau0: 0 }, 'loss-feedback: tau0 must be above 0, got 0'],
    [{ up: 1 }, 'loss-feedback: up must be above 1, got 1'],
    [{ leak: 1 }, 'loss-feedback: leak must be at least 0 and below 1, got 1'],
    [{ min: 1, tau0: 0.5 }, 'tau0 must lie within [min, max]'],
    [{ signal: 'score' }, 'say better=higher or better=lower'],
    [{ tau: 1 } as never, 'has no option "tau". Did you mean "tau0"'],
  ])('refuses %j', (options, said) => {
    expect(() => lossFeedback(options)).toThrow(said)
  })
})
