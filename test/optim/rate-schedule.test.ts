import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkRateSchedule, type RateSchedule, rateAt } from '../../src/optim/rate-schedule.js'
import { optimCase } from '../support/optim-fixture.js'

const first = (schedule: RateSchedule, count: number) => Array.from({ length: count }, (_, step) => rateAt(schedule, step))

const rates = fc.double({ min: 0, max: 1, noNaN: true })
const counts = fc.integer({ min: 1, max: 50 })
const { schedule: anySchedule } = fc.letrec<{ schedule: RateSchedule }>((tie) => ({
  schedule: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    rates,
    fc.record({ kind: fc.constantFrom('linear', 'cosine'), from: rates, to: rates, steps: counts }),
    fc.record({ kind: fc.constant('step'), rate: rates, factor: fc.double({ min: 0.1, max: 1, noNaN: true }), every: counts }),
    fc.record({ kind: fc.constant('warmup'), steps: counts, rate: tie('schedule') }),
    fc.record({
      kind: fc.constant('sequence'),
      parts: fc.array(fc.record({ steps: counts, rate: tie('schedule') }), { minLength: 1, maxLength: 3 }),
    }),
  ) as fc.Arbitrary<RateSchedule>,
}))

describe('every schedule', () => {
  test('survives JSON and the check, and is a finite rate of at least 0 at every step', () => {
    fc.assert(
      fc.property(anySchedule, fc.nat(500), (schedule, step) => {
        const copy = checkRateSchedule('test', JSON.parse(JSON.stringify(schedule)))
        expect(rateAt(copy, step)).toBe(rateAt(schedule, step))
        expect(rateAt(schedule, step)).toBeGreaterThanOrEqual(0)
        expect(rateAt(schedule, step)).toBeLessThanOrEqual(1)
      }),
    )
  })

  test('after a warm-up it runs as it would have without', () => {
    fc.assert(
      fc.property(anySchedule, counts, fc.nat(100), (rate, steps, step) => {
        expect(rateAt({ kind: 'warmup', steps, rate }, steps + step)).toBe(rateAt(rate, step))
        expect(rateAt({ kind: 'warmup', steps, rate }, steps - 1)).toBeCloseTo(rateAt(rate, 0), 12)
      }),
    )
  })

  test('in a sequence it runs as it would have alone, from the beginning of its part', () => {
    fc.assert(
      fc.property(anySchedule, anySchedule, counts, fc.nat(100), (a, b, steps, step) => {
        const sequence: RateSchedule = {
          kind: 'sequence',
          parts: [
            { steps, rate: a },
            { steps: 1, rate: b },
          ],
        } // the last goes on
        expect(rateAt(sequence, step)).toBe(step < steps ? rateAt(a, step) : rateAt(b, step - steps))
      }),
    )
  })
})

describe('by hand', () => {
  test.each<[string, RateSchedule, number[]]>([
    ['a number', 0.5, [0.5, 0.5, 0.5]],
    ['a line from 1 to 0 in 4 steps, then 0', { kind: 'linear', from: 1, to: 0, steps: 4 }, [1, 0.75, 0.5, 0.25, 0, 0]],
    ['half a cosine from 1 to 0.5 in 4', { kind: 'cosine', from: 1, to: 0.5, steps: 4 }, [1, 0.9267766953, 0.75, 0.5732233047, 0.5, 0.5]],
    ['halved every 2 steps', { kind: 'step', rate: 1, factor: 0.5, every: 2 }, [1, 1, 0.5, 0.5, 0.25]],
    ['warmed up in 4 steps', { kind: 'warmup', steps: 4, rate: 1 }, [0.25, 0.5, 0.75, 1, 1]],
    [
      'warm-up then a line, which begins when the warm-up is over',
      { kind: 'warmup', steps: 2, rate: { kind: 'linear', from: 1, to: 0, steps: 2 } },
      [0.5, 1, 1, 0.5, 0],
    ],
    [
      'three parts; the last goes on',
      {
        kind: 'sequence',
        parts: [
          { steps: 2, rate: 1 },
          { steps: 1, rate: 2 },
          { steps: 1, rate: { kind: 'linear', from: 3, to: 5, steps: 2 } },
        ],
      },
      [1, 1, 2, 3, 4, 5, 5],
    ],
  ])('%s', (_name, schedule, expected) => {
    expect(first(schedule, expected.length)).toBeAllClose(expected, 1e-9)
  })

  test("PyTorch's linear and cosine, over 50 steps", () => {
    const line = optimCase('torch_adam_linear').lr_per_step
    const cosine = optimCase('torch_adam_cosine_clip').lr_per_step
    expect(first({ kind: 'linear', from: 0.01, to: 0, steps: 50 }, line.length)).toBeAllClose(line, 1e-9, 1e-15)
    expect(first({ kind: 'cosine', from: 0.01, to: 0, steps: 50 }, cosine.length)).toBeAllClose(cosine, 1e-9, 1e-15)
  })

  test('the checked schedule is a copy', () => {
    const given = { kind: 'linear', from: 1, to: 0, steps: 4 }
    const checked = checkRateSchedule('test', given)
    given.from = 100
    expect(rateAt(checked, 0)).toBe(1)
  })
})

test.each<[unknown, string]>([
  [Number.NaN, 'lr: rate must be at least 0, got NaN'],
  [-1, 'lr: rate must be at least 0, got -1'],
  ['0.1', 'lr must be a number or a schedule, got "0.1"'],
  [null, 'lr must be a number or a schedule, got null'],
  [{ learningRate: 0.1 }, 'lr has no kind undefined. Kinds: linear, cosine, step, warmup, sequence, or a number.'],
  [{ kind: 'cosin' }, 'lr has no kind "cosin". Did you mean "cosine"?'],
  [{ kind: 'linear', from: 1, steps: 4 }, 'lr: linear: to must be at least 0, got NaN'],
  [{ kind: 'linear', from: 1, to: 0, step: 4 }, 'lr: linear has no option "step". Did you mean "steps"?'],
  [{ kind: 'cosine', from: 1, to: 0, steps: 0 }, 'lr: cosine: steps must be at least 1, got 0'],
  [{ kind: 'step', rate: 1, factor: 0, every: 2 }, 'lr: step: factor must be above 0, got 0'],
  [{ kind: 'warmup', steps: 2 }, 'lr: warmup: rate must be a number or a schedule, got undefined'],
  [{ kind: 'sequence', parts: [] }, 'lr: sequence: parts must be a list with at least one part'],
  [{ kind: 'sequence', parts: [{ steps: 1.5, rate: 1 }] }, 'lr: sequence: parts[0]: steps must be a whole number, got 1.5'],
])('refuses %j', (schedule, said) => {
  expect(() => checkRateSchedule('lr', schedule)).toThrow(said)
})
