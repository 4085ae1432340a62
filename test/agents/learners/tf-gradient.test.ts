import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { tfDeviceGradient } from '../../../agents/learners/tf-device-gradient.js'
import { tfGradient } from '../../../agents/learners/tf-gradient.js'
import { actorCritic } from '../../../agents/networks/actor-critic.js'
import { categorical } from '../../../agents/networks/categorical.js'
import { gaussian } from '../../../agents/networks/gaussian.js'
import { initialParameters } from '../../../agents/networks/placed-network.js'
import { squashedGaussian } from '../../../agents/networks/squashed-gaussian.js'
import { standardNetwork } from '../../../agents/networks/standard-network.js'
import { selectBackend } from '../../../src/backend/backends.js'
import { networkSchema } from '../../../src/core/config/schema.js'
import { stream } from '../../../src/core/random.js'
import { oracleGradient } from '../support/float64-network.js'

describe('the tensor path equals plain float64 loops', () => {
  beforeAll(() => selectBackend('wasm'))

  test.each([
    ['the loss on the host', tfGradient],
    ['the loss in tensors', tfDeviceGradient],
  ])('for any network, head, objective and batch: %s', async (_what, gradientOf) => {
    const problem = fc.record({
      inputs: fc.integer({ min: 1, max: 6 }),
      rows: fc.integer({ min: 2, max: 20 }),
      hidden: fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 3 }),
      activation: fc.constantFrom('tanh' as const, 'elu' as const, 'relu' as const),
      distribution: fc.constantFrom(categorical([2]), categorical([5]), categorical([2, 3]), gaussian(1), squashedGaussian(3)),
      masked: fc.boolean(),
      objective: fc.constantFrom('ppo' as const, 'a2c' as const),
      valueClip: fc.constantFrom(null, 0.3),
      entropyCoefficient: fc.constantFrom(0, 0.1),
      normalizeAdvantages: fc.boolean(),
      seed: fc.nat(1e6),
    })
    await fc.assert(
      fc.asyncProperty(problem, async ({ inputs, rows, hidden, activation, distribution, masked, seed, ...settings }) => {
        const network = networkSchema.parse({ hidden, activation, logStdInit: -0.3 })
        const net = actorCritic(inputs, distribution, network)
        const random = stream(seed, 'test')
        const numbers = (n: number) => Float32Array.from({ length: n }, () => random.normal())
        const parameters = initialParameters(net, network, seed).map((value) => value + 0.2 * random.normal())
        const batch = {
          rows,
          observations: numbers(rows * inputs),
          actions:
            distribution.choices === undefined
              ? numbers(rows * distribution.actionSize)
              : numbers(rows * distribution.actionSize).map(() => random.below(2)),
          oldLogProbs: numbers(rows).map((value) => value - distribution.actionSize),
          oldValues: numbers(rows),
          advantages: numbers(rows),
          returns: numbers(rows),
          masks: masked && distribution.choices ? someMasks(distribution.choices, rows, random) : null,
        }
        const loss = { ...settings, ratioClip: 0.2, valueCoefficient: 0.5 }
        const gradient = new Float32Array(net.layout.size)
        const report = await gradientOf(standardNetwork(inputs, distribution, network), distribution, parameters)(batch, loss, gradient)
        const oracle = oracleGradient(net, distribution, parameters, batch, loss)
        const scale = oracle.gradient.reduce((most, value) => Math.max(most, Math.abs(value)), 1)
        expect(gradient).toBeAllClose(oracle.gradient, 1e-4, 1e-5 * scale)
        for (const key of ['loss', 'policyLoss', 'valueLoss', 'entropy', 'approxKl', 'clipFraction'] as const) {
          expect([report[key]], key).toBeAllClose([oracle.report[key]], 1e-4, 1e-5 * scale)
        }
      }),
      { numRuns: 100, seed: 7 }, // fixed: a ratio within 1e-6 of the clip's edge may fall to either side
    )
  })
})

/** The first two of every choice are allowed, the rest by chance. */
const someMasks = (choices: readonly number[], rows: number, random: ReturnType<typeof stream>): Uint8Array =>
  Uint8Array.from({ length: rows }, () => 0).reduce<Uint8Array>(
    (all) => Uint8Array.from([...all, ...choices.flatMap((n) => Array.from({ length: n }, (_, k) => (k < 2 ? 1 : random.below(2))))]),
    new Uint8Array(0),
  )
