import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { actorCriticLoss, type LossSettings } from '../../../agents/losses/actor-critic-loss.js'
import { entropyLoss } from '../../../agents/losses/entropy.js'
import { a2cPolicyLoss, ppoPolicyLoss } from '../../../agents/losses/policy.js'
import { valueLoss } from '../../../agents/losses/value.js'
import { categorical } from '../../../agents/networks/categorical.js'
import { gaussian } from '../../../agents/networks/gaussian.js'
import { normalizeAdvantages } from '../../../agents/rollout/advantage.js'
import { fixture } from '../../support/fixtures.js'

const f64 = (values: readonly (number | readonly number[])[]): Float64Array => Float64Array.from((values as number[][]).flat())
const out = (n: number) => new Float64Array(n)

// biome-ignore lint/suspicious/noExplicitAny: foreign data
const cases: any[] = fixture('losses').cases

/** The fixture's four value losses in our two words; those without the ½ weigh twice as much. */
const VALUE_LOSS: Record<string, { readonly clips: boolean; readonly form: 'larger' | 'clipped'; readonly factor: number }> = {
  none: { clips: false, form: 'larger', factor: 1 },
  max: { clips: true, form: 'larger', factor: 1 },
  mse: { clips: false, form: 'larger', factor: 2 },
  sb3: { clips: true, form: 'clipped', factor: 2 },
}

describe('losses equal PyTorch', () => {
  test.each(cases.map((c) => [`${c.algo} ${c.dist} ${c.name}`, c] as const))(
    '%s',
    (_name, { algo, dist, args, inputs, out: want, grads }) => {
      const distribution = dist === 'gaussian' ? gaussian(inputs.mean[0].length) : categorical(inputs.nvec ?? [inputs.logits[0].length])
      const outputs = f64(inputs.logits ?? inputs.mean)
      const logStd = f64(inputs.log_std ?? [])
      const rows = inputs.values.length
      const variant = VALUE_LOSS[args.value_loss ?? 'mse']!
      const settings: LossSettings = {
        objective: algo,
        ratioClip: args.clip ?? 0.2,
        valueClip: variant.clips ? args.clip : null,
        valueClipForm: variant.form,
        valueCoefficient: args.vf_coef * variant.factor,
        entropyCoefficient: args.ent_coef,
        normalizeAdvantages: args.normalize_adv,
      }
      const batch = {
        rows,
        actions: f64(inputs.actions),
        oldLogProbs: f64(inputs.old_logp),
        oldValues: f64(inputs.old_values),
        advantages: f64(inputs.adv),
        returns: f64(inputs.returns),
      }
      const loss = actorCriticLoss(distribution)
      const got = loss.compute(settings, batch, outputs, logStd, f64(inputs.values))

      expect([got.loss]).toBeAllClose([want.loss], 1e-9, 1e-11)
      expect([got.policyLoss]).toBeAllClose([want.policy_loss], 1e-9, 1e-11)
      expect([got.valueLoss * variant.factor]).toBeAllClose([want.value_loss], 1e-9, 1e-11)
      expect([got.entropy]).toBeAllClose([want.entropy], 1e-9, 1e-11)
      if (algo === 'ppo') {
        expect([got.approxKl]).toBeAllClose([want.approx_kl_k3], 1e-9, 1e-11)
        expect(got.clipFraction).toBe(want.clipfrac)
      }
      expect(loss.dOutputs).toBeAllClose(f64(grads.logits ?? grads.mean), 1e-9, 1e-11)
      expect(loss.dValues).toBeAllClose(f64(grads.values), 1e-9, 1e-11)
      expect(loss.dLogStd).toBeAllClose(f64(grads.log_std ?? []), 1e-9, 1e-11)

      const logProbs = out(rows)
      const entropies = out(rows)
      distribution.evaluate(outputs, logStd, batch.actions, rows, logProbs, entropies)
      expect(logProbs).toBeAllClose(want.logp, 1e-9, 1e-11)
      expect(entropies).toBeAllClose(want.entropy_each, 1e-9, 1e-11)
    },
  )
})

describe('policy loss', () => {
  const pOld = [0.5, 0.25, 0.2, 0.8].map(Math.log)
  const pNew = [0.6, 0.2, 0.3, 0.4].map(Math.log)
  const advantages = f64([1, -1, 2, -2])

  test('by hand: ratios 1.2, 0.8, 1.5, 0.5', () => {
    // −mean(1.2·1, 0.8·(−1), min(3, 2.4), min(−1, −1.6)) = −(1.2 − 0.8 + 2.4 − 1.6)/4
    expect(ppoPolicyLoss(f64(pNew), f64(pOld), advantages, 4, 0.2, out(4)).loss).toBeCloseTo(-0.3, 12)
    const normalized = out(4)
    normalizeAdvantages(advantages, 4, normalized)
    expect(ppoPolicyLoss(f64(pNew), f64(pOld), normalized, 4, 0.2, out(4)).loss).toBeCloseTo(-0.164317, 6)
  })

  test('a ratio beyond the clip on the side that the advantage likes moves nothing', () => {
    const gradient = out(4)
    ppoPolicyLoss(f64([1, 1, -1, -1]), f64([0, 0, 0, 0]), f64([1, -1, 1, -1]), 4, 0.2, gradient)
    expect([...gradient]).toEqual([0, Math.E / 4, -1 / Math.E / 4, 0])
  })

  test('the first pass, at ratio 1, has the gradient of A2C', () => {
    const [one, other] = [out(4), out(4)]
    ppoPolicyLoss(f64(pOld), f64(pOld), advantages, 4, 0.2, one)
    a2cPolicyLoss(f64(pOld), f64(pOld), advantages, 4, other)
    expect(one).toBeAllClose(other, 1e-15)
  })

  test.each([
    ['a log-probability', [Number.NaN, 0], [0, 0], [1, 1]],
    ['an old log-probability', [0, 0], [Number.NaN, 0], [-1, 1]],
    ['an advantage', [0, 0], [0, 0], [Number.NaN, 1]],
  ])('NaN in %s shows in loss and gradient', (_what, now, old, advantage) => {
    const gradient = out(2)
    const report = ppoPolicyLoss(f64(now), f64(old), f64(advantage), 2, 0.2, gradient)
    expect(report.loss).toBeNaN()
    expect(gradient[0]).toBeNaN()
  })

  test('NaN shows in A2C too', () => {
    expect(a2cPolicyLoss(f64([Number.NaN]), f64([0]), f64([1]), 1, out(1)).loss).toBeNaN()
    const gradient = out(1)
    a2cPolicyLoss(f64([0]), f64([0]), f64([Number.NaN]), 1, gradient)
    expect(gradient[0]).toBeNaN()
  })
})

describe('value loss', () => {
  const [old, now, returns] = [f64([1, 2, 3, 4]), f64([1.5, 1.9, 2.5, 4.1]), f64([2, 1, 3, 5])]

  test('by hand, plain and clipped at 0.2', () => {
    expect(valueLoss(now, old, returns, 4, null, out(4))).toBeCloseTo(0.265, 12)
    expect(valueLoss(now, old, returns, 4, { range: 0.2, form: 'larger' }, out(4))).toBeCloseTo(0.31375, 12)
  })

  test('a coefficient of 1 here is a vf_coef of 0.5 in Stable-Baselines3, which leaves the ½ out', () => {
    const mse = [0, 1, 2, 3].reduce((sum, i) => sum + (now[i]! - returns[i]!) ** 2, 0) / 4
    expect(1 * valueLoss(now, old, returns, 4, null, out(4))).toBeCloseTo(0.5 * mse, 12)
  })

  test('a clip wider than every move changes nothing', () => {
    const [plain, clipped] = [out(4), out(4)]
    for (const form of ['larger', 'clipped'] as const) {
      const range = 10
      expect(valueLoss(now, old, returns, 4, { range, form }, clipped)).toBeCloseTo(valueLoss(now, old, returns, 4, null, plain), 12)
      expect(clipped).toEqual(plain)
    }
  })

  test.each([
    ['a value', [Number.NaN], [0], [0]],
    ['a return', [0], [0], [Number.NaN]],
  ])('NaN in %s shows in loss and gradient', (_what, value, oldValue, target) => {
    for (const clip of [null, { range: 0.2, form: 'larger' }, { range: 0.2, form: 'clipped' }] as const) {
      const gradient = out(1)
      expect(valueLoss(f64(value), f64(oldValue), f64(target), 1, clip, gradient)).toBeNaN()
      expect(gradient[0]).toBeNaN()
    }
  })
})

test('entropy loss is minus the mean', () => {
  const gradient = out(2)
  expect(entropyLoss(f64([1, 3]), 2, gradient)).toBe(-2)
  expect([...gradient]).toEqual([-0.5, -0.5])
})

describe('the gradient is the slope of the loss', () => {
  const number = fc.double({ min: -1.5, max: 1.5, noNaN: true })
  const settings = fc.record({
    objective: fc.constantFrom('ppo' as const, 'a2c' as const),
    ratioClip: fc.constant(0.2),
    valueClip: fc.constantFrom(null, 0.3),
    valueCoefficient: fc.double({ min: 0, max: 2, noNaN: true }),
    entropyCoefficient: fc.double({ min: 0, max: 1, noNaN: true }),
    normalizeAdvantages: fc.boolean(),
  })
  const rows = 3

  test.each([
    ['categorical', categorical([3])],
    ['two choices', categorical([2, 2])],
    ['gaussian', gaussian(2)],
  ])('%s', (_name, distribution) => {
    const { outputSize, actionSize, logStdSize } = distribution
    const numbers = (n: number) => fc.array(number, { minLength: n, maxLength: n }).map((values) => Float64Array.from(values))
    fc.assert(
      fc.property(
        settings,
        numbers(rows * outputSize),
        numbers(logStdSize),
        numbers(rows),
        fc.record({ oldLogProbs: numbers(rows), oldValues: numbers(rows), advantages: numbers(rows), returns: numbers(rows) }),
        numbers(rows * actionSize),
        (s, outputs, logStd, values, columns, raw) => {
          const actions = distribution.kind === 'categorical' ? raw.map((v) => (v > 0 ? 1 : 0)) : raw
          const loss = actorCriticLoss(distribution)
          const batch = { rows, actions, ...columns }
          const at = () => loss.compute(s, batch, outputs, logStd, values).loss
          at()
          for (const [x, gradient] of [
            [outputs, loss.dOutputs.slice()],
            [logStd, loss.dLogStd.slice()],
            [values, loss.dValues.slice()],
          ] as const) {
            for (let i = 0; i < x.length; i++) {
              const here = x[i]!
              const h = 1e-6
              x[i] = here + h
              const above = at()
              x[i] = here - h
              const below = at()
              x[i] = here
              const [left, right] = [(at() - below) / h, (above - at()) / h]
              // Away from the kinks of clip and max the slope is the same from both sides.
              if (Math.abs(left - right) < 1e-3) expect(Math.abs(gradient[i]! - (left + right) / 2)).toBeLessThan(1e-3)
            }
          }
        },
      ),
      { numRuns: 60 },
    )
  })
})
