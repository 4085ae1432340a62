import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { lossFeedback } from '../../src/clip/loss-feedback.js'
import { stream } from '../../src/core/random.js'
import { clipRuleSuite, hear, statsOf } from '../suites/clip-rule.js'
import { fixture } from '../support/fixtures.js'

clipRuleSuite('loss-feedback', () => lossFeedback())
clipRuleSuite('loss-feedback on returns, with everything set', () =>
  lossFeedback({ signal: 'return', warmup: 2, patience: 2, cooldown: 1, direction: 'worse-down', min: 0.2, max: 3, tau0: 1 }),
)

clipRuleSuite('loss-feedback held to recent norms', () => lossFeedback({ anchor: 10, window: 5, detrend: 0.5, decay: 0, leak: 0 }))

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

  test.each([
    ['return', [10, 20], [20, 10]],
    ['loss', [20, 10], [10, 20]],
    ['value-loss', [20, 10], [10, 20]],
    ['kl', [20, 10], [10, 20]],
  ] as const)('what is better is known of %s', (signal, better, worse) => {
    expect(hear(lossFeedback({ ...bare, signal }), better).taus[1]).toBeLessThan(0.5)
    expect(hear(lossFeedback({ ...bare, signal }), worse).taus[1]).toBeGreaterThan(0.5)
  })

  test('and said of a signal of one’s own', () => {
    expect(hear(lossFeedback({ ...bare, signal: 'score', better: 'higher' }), [1, 2]).taus[1]).toBeLessThan(0.5)
    expect(hear(lossFeedback({ ...bare, signal: 'loss', better: 'higher' }), [1, 2]).taus[1]).toBeLessThan(0.5)
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

  test('and exactly, whatever rounding does to them', () => {
    const numbers = fc.tuple(fc.double({ min: 0.01, max: 10, noNaN: true }), fc.double({ min: 1, max: 3, noNaN: true }))
    const far = Array.from({ length: 30 }, (_, i) => i)
    fc.assert(
      fc.property(numbers, ([tau0, ratio]) => {
        const [min, max] = [tau0 / ratio, tau0 * ratio]
        expect(hear(lossFeedback({ ...bare, tau0, min, max }), far).taus.at(-1)).toBeLessThanOrEqual(max)
        expect(hear(lossFeedback({ ...bare, tau0, min, max }), far.toReversed()).taus.at(-1)).toBeGreaterThanOrEqual(min)
      }),
      { numRuns: 1000 },
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

describe('a detrended signal', () => {
  const steady = Array.from({ length: 60 }, (_, i) => 100 - i)

  test('a steady trend is no news, also without a leak', () => {
    expect(new Set(hear(lossFeedback({ ...bare, detrend: 0.9 }), steady).taus)).toEqual(new Set([0.5]))
    expect(hear(lossFeedback(bare), steady).taus.at(-1)).toBe(0.125)
  })

  test('a break of the trend is: a loss that stops falling got worse', () => {
    const stalled = [...steady, 41, 41]
    expect(hear(lossFeedback({ ...bare, detrend: 0.9 }), stalled).taus.slice(-2)).toBeAllClose([0.55, 0.605])
  })

  test('what is usual follows: it is a smoothed change', () => {
    const { state } = hear(lossFeedback({ ...bare, detrend: 0.5 }), [0, 1, 4])
    expect(state.trend).toBe(2)
    expect(hear(lossFeedback(bare), [0, 1, 4]).state.trend).toBeNull()
  })
})

describe('bounds from recent raw norms', () => {
  /** τ after a rising loss, `seen` norms before it. */
  const risen = (options: Parameters<typeof lossFeedback>[0], seen: readonly number[], losses: readonly number[]): number => {
    const rule = lossFeedback({ ...bare, ...options })
    let state = seen.reduce((before, norm) => rule.observe(before, statsOf([norm]), { tau: 0.5, norm: Math.min(norm, 0.5) }), rule.init())
    for (const value of losses) state = rule.feedback!(state, { name: 'loss', value })
    return rule.threshold(state, statsOf([1]), { step: 0, learningRate: 1 })
  }
  const rising = Array.from({ length: 100 }, (_, i) => i)
  const falling = rising.toReversed()
  const norms = Array.from({ length: 11 }, (_, i) => (i + 1) / 10) // 0.1 … 1.1

  test('hold τ between their percentiles', () => {
    expect(risen({ anchor: 20, window: 11 }, norms, rising)).toBeCloseTo(0.9, 12)
    expect(risen({ anchor: 20, window: 11 }, norms, falling)).toBeCloseTo(0.3, 12)
  })

  test('only the last norms count, raw ones, zeros left out, and none before the window is full', () => {
    expect(risen({ anchor: 20, window: 11 }, [...Array(50).fill(7), 0, ...norms, 0, 0, 0, 0, 0], rising)).toBeCloseTo(0.9, 12)
    expect(risen({ anchor: 20, window: 11 }, [...norms, 0, 0, 0, 0, 0], falling)).toBeCloseTo(0.3, 12)
    expect(risen({ anchor: 20, window: 12 }, norms, rising)).toBeGreaterThan(100)
  })

  test('absolute bounds go before them', () => {
    expect(risen({ anchor: 20, window: 11, max: 0.7 }, norms, rising)).toBe(0.7)
    expect(risen({ anchor: 20, window: 11, min: 0.4 }, norms, falling)).toBe(0.4)
  })

  test('pull τ to where the norms are, and say so', () => {
    const rule = lossFeedback({ ...bare, anchor: 20, window: 2 })
    const state = [8, 9].reduce((before, norm) => rule.observe(before, statsOf([norm]), { tau: 0.5, norm: 0.5 }), rule.init())
    const after = [1, 1].reduce((before, value) => rule.feedback!(before, { name: 'loss', value }), state)
    expect(rule.explain!(after)).toBe('τ 8 hold: loss 1 → 1, within the dead band, at its bound')
  })
})

describe('the remaining options', () => {
  test('atol: changes up to it do not count, whatever the level', () => {
    const { taus } = hear(lossFeedback({ ...bare, atol: 0.5 }), [0, 0.5, 1.25, 0.75, 0])
    expect(taus.map((tau) => Math.round(Math.log(tau / 0.5) / Math.log(1.1)))).toEqual([0, 0, 1, 1, 0]) // up by 0.75, down by 0.75
  })

  test('the wider of both bands counts', () => {
    expect(hear(lossFeedback({ ...bare, atol: 0.1, rtol: 0.1 }), [100, 105]).taus[1]).toBe(0.5)
    expect(hear(lossFeedback({ ...bare, atol: 10, rtol: 0.01 }), [100, 105]).taus[1]).toBe(0.5)
    expect(hear(lossFeedback({ ...bare, atol: 1, rtol: 0.01 }), [100, 105]).taus[1]).toBeCloseTo(0.55, 12)
  })

  test('warm-up: signals that only set the reference', () => {
    const { taus } = hear(lossFeedback({ ...bare, warmup: 2 }), [1, 2, 3, 4])
    expect(taus.slice(0, 3)).toEqual([0.5, 0.5, 0.5])
    expect(taus[3]).toBeGreaterThan(0.5)
  })

  test('patience: so many moves in one direction before τ follows', () => {
    const { taus } = hear(lossFeedback({ ...bare, patience: 2 }), [1, 2, 3, 4, 5])
    expect(taus.map((tau) => Math.round(Math.log(tau / 0.5) / Math.log(1.1)))).toEqual([0, 0, 1, 1, 2])
  })

  test('patience: a move the other way, or none, starts the count again', () => {
    expect(new Set(hear(lossFeedback({ ...bare, patience: 2 }), [1, 2, 1, 2, 1, 2]).taus)).toEqual(new Set([0.5]))
    expect(new Set(hear(lossFeedback({ ...bare, patience: 2 }), [1, 2, 2, 3, 3, 4]).taus)).toEqual(new Set([0.5]))
    expect(hear(lossFeedback({ ...bare, patience: 2 }), [1, 2, 1, 0]).taus.at(-1)).toBeCloseTo(0.5 / 1.1, 12)
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
