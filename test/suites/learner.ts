/** The laws every learner keeps: same seed same bits, save and load go on exactly, memory stays constant, broken gradients change nothing. */
import { afterEach, describe, expect, test } from 'vitest'
import type { Hyperparameters, Learner } from '../../agents/learners/learner.js'
import { estimateAdvantages } from '../../agents/rollout/advantage.js'
import { rolloutBuffer } from '../../agents/rollout/buffer.js'
import type { Rollout } from '../../agents/rollout/rollout.js'
import { RunError } from '../../src/core/errors.js'
import { stream } from '../../src/core/random.js'

export interface LearnerSuiteOptions {
  readonly observationSize: number
  /** A learner for rows of that size, from its seed; what it holds is given back by `dispose`. */
  readonly make: (seed: number) => Learner
  /** Everything that must not grow: tensors, bytes. */
  readonly memory: () => readonly number[]
}

export const HYPER: Hyperparameters = {
  objective: 'ppo',
  learningRate: 3e-3,
  epochs: 2,
  minibatchSize: 16,
  ratioClip: 0.2,
  valueClip: null,
  valueCoefficient: 0.5,
  entropyCoefficient: 0.01,
  normalizeAdvantages: true,
  targetKl: null,
}

/** What the actor adds to its outputs. */
const outputBias = (slots: Learner['layout']['slots']) => slots.findLast(({ network, shape }) => network === 'actor' && shape.length === 1)!

/** Columns of logits; 0 where actions are not choices. */
function choiceColumns({ layout: { slots } }: Learner): number {
  return slots.some(({ name }) => name === 'actor/log-std') ? 0 : outputBias(slots).size
}

/**
 * A rollout of made-up rewards whose actions, log-probabilities and values are the learner's own.
 * @param masked every row forbids the first value of the first choice, where actions are choices
 */
export function inventedRollout(learner: Learner, observationSize: number, seed: number, { masked = false } = {}): Rollout {
  const [steps, numEnvs] = [8, 4]
  const random = stream(seed, 'invented')
  const actionSize = learner.act(new Float32Array(observationSize), 1, 'greedy').actions.length
  const columns = masked ? choiceColumns(learner) : 0
  const rollout = rolloutBuffer(steps, numEnvs, observationSize, actionSize, columns, learner.stateSize)
  rollout.masks?.forEach((_, i, masks) => {
    masks[i] = i % columns === 0 ? 0 : 1
  })
  for (let i = 0; i < rollout.observations.length; i++) rollout.observations[i] = random.normal()
  for (let i = 0; i < rollout.rewards.length; i++) {
    rollout.rewards[i] = random.normal()
    rollout.terminated[i] = random.below(6) === 0 ? 1 : 0
  }
  rollout.states?.forEach((_, i, states) => {
    states[i] = 0.3 * random.normal()
  })
  const state = rollout.states?.slice()
  for (let t = 0; t < steps; t++) {
    const from = t * numEnvs
    const seen = rollout.observations.slice(from * observationSize, (from + numEnvs) * observationSize)
    const masks = rollout.masks?.slice(from * columns, (from + numEnvs) * columns)
    const decision = learner.act(seen, numEnvs, 'sample', masks, state)
    rollout.actions.set(decision.actions, from * actionSize)
    rollout.logProbs.set(decision.logProbs, from)
    rollout.values.set(decision.values, from)
    state?.set(decision.state!)
    const size = learner.stateSize ?? 0
    for (let n = 0; n < numEnvs; n++) if (rollout.terminated[from + n] === 1) state?.fill(0, n * size, (n + 1) * size)
  }
  estimateAdvantages(rollout, 0.99, 0.95, rollout.advantages, rollout.returns)
  return { ...rollout, episodeReturns: [random.normal()] }
}

/** All parameters as saved. */
export const parametersOf = (learner: Learner): Float32Array => learner.save().arrays['network/parameters'] as Float32Array

export function learnerSuite(name: string, { observationSize, make, memory }: LearnerSuiteOptions): void {
  describe(`learner: ${name}`, () => {
    const made: Learner[] = []
    const create = (seed: number): Learner => {
      const learner = make(seed)
      made.push(learner)
      return learner
    }
    afterEach(() => {
      for (const learner of made.splice(0)) learner.dispose()
    })
    const observations = (count: number) => Float32Array.from({ length: count * observationSize }, (_, i) => Math.sin(3 * i))
    const copy = ({ actions, logProbs, values }: ReturnType<Learner['act']>) => [[...actions], [...logProbs], [...values]]
    async function train(learner: Learner, from: number, to: number): Promise<void> {
      for (let i = from; i < to; i++) await learner.update(inventedRollout(learner, observationSize, i), HYPER)
    }

    test('the same seed gives the same bits, another seed others', async () => {
      const [a, b, c] = [create(1), create(1), create(2)]
      for (const learner of [a, b, c]) await train(learner, 0, 3)
      expect(a.save()).toEqual(b.save())
      expect(parametersOf(a)).not.toEqual(parametersOf(c))
      expect(copy(a.act(observations(5), 5, 'sample'))).toEqual(copy(b.act(observations(5), 5, 'sample')))
    })

    test('saved and loaded in the middle it goes on as if nothing had happened, after more than 100 minibatch steps', async () => {
      const straight = create(1)
      await train(straight, 0, 30) // four minibatch steps each
      const saved = straight.save()
      const resumed = create(99)
      resumed.load(saved)
      expect(resumed.save()).toEqual(saved)
      await train(straight, 30, 35)
      await train(resumed, 30, 35)
      expect(resumed.save()).toEqual(straight.save())
      expect(copy(resumed.act(observations(100), 100, 'sample'))).toEqual(copy(straight.act(observations(100), 100, 'sample')))
    })

    test('what was saved does not change when training goes on', async () => {
      const learner = create(1)
      const saved = learner.save()
      const before = JSON.stringify([saved.header, Object.entries(saved.arrays).map(([key, values]) => [key, [...values]])])
      await train(learner, 0, 2)
      expect(JSON.stringify([saved.header, Object.entries(saved.arrays).map(([key, values]) => [key, [...values]])])).toBe(before)
    })

    test('memory is constant from the third update on', async () => {
      const learner = create(1)
      await train(learner, 0, 3)
      const before = memory()
      await train(learner, 3, 8)
      expect(memory()).toEqual(before)
    })

    test('acting: greedy draws no random number, rows do not depend on their neighbours, values agree', () => {
      const [a, b] = [create(1), create(1)]
      const rows = observations(6)
      const greedy = copy(a.act(rows, 6, 'greedy'))
      expect(copy(a.act(rows, 6, 'greedy'))).toEqual(greedy)
      expect(copy(a.act(rows, 6, 'sample'))).toEqual(copy(b.act(rows, 6, 'sample')))
      expect([...a.values(rows, 6)]).toEqual(greedy[2])
      const third = a.act(rows.slice(2 * observationSize, 3 * observationSize), 1, 'greedy')
      expect([third.logProbs[0], third.values[0]]).toEqual([greedy[1]![2], greedy[2]![2]])
      expect(() => a.act(rows, 7, 'greedy')).toThrow(`expected 7 observations of ${observationSize} numbers each`)
    })

    test('sampling in several pieces or at once is the same stream', () => {
      const [a, b] = [create(1), create(1)]
      const rows = observations(4)
      const pieces = [0, 1, 2, 3].map((i) => [...a.act(rows.slice(i * observationSize, (i + 1) * observationSize), 1, 'sample').actions])
      expect(pieces.flat()).toEqual([...b.act(rows, 4, 'sample').actions])
    })

    test('masks: what is forbidden is never done, however often, and what is allowed is as likely as among itself alone', () => {
      const learner = create(1)
      const width = choiceColumns(learner)
      if (width === 0) return
      const rows = 200
      const columns = learner.act(observations(1), 1, 'greedy').actions.length
      const free = learner.act(observations(rows), rows, 'greedy')
      const [likeliest, logProb] = [free.actions.slice(), free.logProbs.slice()]
      const all = new Uint8Array(rows * width).fill(1)
      const open = learner.act(observations(rows), rows, 'greedy', all)
      expect([open.actions, open.logProbs]).toEqual([likeliest, logProb])
      const masks = all.slice()
      for (let row = 0; row < rows; row++) masks[row * width] = 0 // the first value of the first choice
      for (const mode of ['sample', 'greedy'] as const) {
        const { actions, logProbs } = learner.act(observations(rows), rows, mode, masks)
        for (let row = 0; row < rows; row++) {
          expect(actions[row * columns]).not.toBe(0)
          expect(logProbs[row]).toBeLessThanOrEqual(0)
        }
      }
    })

    test('training takes the policy for the one that acted, masked or not: no ratio differs from 1 before the first step', async () => {
      for (const masked of [false, true]) {
        const learner = create(1)
        const rollout = inventedRollout(learner, observationSize, 3, { masked })
        const report = await learner.update(rollout, { ...HYPER, epochs: 1, minibatchSize: 1000, entropyCoefficient: 0 })
        expect(Math.abs(report.approxKl)).toBeLessThan(1e-6)
        expect(report.clipFraction).toBe(0)
      }
    })

    test('what is forbidden gets no gradient', async () => {
      const learner = create(1)
      if (choiceColumns(learner) === 0) return
      const before = parametersOf(learner).slice()
      const rollout = inventedRollout(learner, observationSize, 3, { masked: true })
      await learner.update(rollout, { ...HYPER, epochs: 1, minibatchSize: 1000 })
      const after = parametersOf(learner)
      const { offset, size } = outputBias(learner.layout.slots)
      expect(after[offset]).toBe(before[offset]) // the value that every row forbids
      expect(after.subarray(offset, offset + size)).not.toEqual(before.subarray(offset, offset + size))
    })

    test('what is remembered is the caller’s: nothing by default, rows apart, and asking for values changes nothing', () => {
      const learner = create(1)
      const size = learner.stateSize ?? 0
      const first = learner.act(observations(3), 3, 'greedy')
      if (size === 0) {
        expect(first.state).toBeUndefined()
        return
      }
      const after = first.state!.slice()
      expect(after.length).toBe(3 * size)
      expect(learner.act(observations(3), 3, 'greedy', undefined, new Float32Array(3 * size)).state).toEqual(after)
      const given = after.slice()
      const second = copy(learner.act(observations(3), 3, 'greedy', undefined, given))
      expect(second).not.toEqual(copy(learner.act(observations(3), 3, 'greedy')))
      expect([...learner.values(observations(3), 3, given)]).toEqual(second[2])
      expect(given).toEqual(after)
      const swapped = Float32Array.from([...after.subarray(size, 2 * size), ...after.subarray(0, size), ...after.subarray(2 * size)])
      const third = copy(learner.act(observations(3), 3, 'greedy', undefined, swapped))
      expect([third[2]![2], third[1]![2]]).toEqual([second[2]![2], second[1]![2]])
      expect(third[2]![0]).not.toBe(second[2]![0])
    })

    test('the report is finite and counts its steps', async () => {
      const learner = create(1)
      const report = await learner.update(inventedRollout(learner, observationSize, 1), HYPER)
      expect(report.minibatchSteps).toBe(4)
      expect(report).toMatchObject({ skipped: 0, nonFinite: null, stoppedEarly: false })
      for (const key of ['loss', 'policyLoss', 'valueLoss', 'entropy', 'approxKl', 'clipFraction', 'explainedVariance'] as const) {
        expect(Number.isFinite(report[key])).toBe(true)
      }
      expect(report.gradient.normBefore).toBeGreaterThan(0)
      expect(report.gradient.normAfter).toBeLessThanOrEqual(report.gradient.normBefore * (1 + 1e-6))
      expect(report.gradient.layers.map((layer) => layer.name)).toEqual([...new Set(learner.layout.slots.map((slot) => slot.layer))])
    })

    test('a step with numbers that are not finite changes nothing but its count', async () => {
      const learner = create(1)
      await train(learner, 0, 1)
      const before = parametersOf(learner).slice()
      const rollout = inventedRollout(learner, observationSize, 5)
      rollout.returns.fill(Number.NaN)
      const report = await learner.update(rollout, { ...HYPER, epochs: 1 })
      expect(report.skipped).toBe(report.minibatchSteps)
      expect(report.nonFinite).toMatch(/^(?!actor\/)/)
      expect(parametersOf(learner)).toEqual(before)
      expect(learner.save().arrays).toEqual({ ...learner.save().arrays, 'network/parameters': before })
    })

    test('too many of them in a row end the run, and good ones in between do not count', async () => {
      const learner = create(1)
      const bad = inventedRollout(learner, observationSize, 5)
      bad.advantages.fill(Number.POSITIVE_INFINITY)
      const good = inventedRollout(learner, observationSize, 6)
      for (let i = 0; i < 6; i++) {
        await learner.update(bad, { ...HYPER, epochs: 2 }) // 4 of the 10 that are allowed
        await learner.update(good, { ...HYPER, epochs: 1 })
      }
      const forever = async () => {
        for (let i = 0; i < 3; i++) await learner.update(bad, { ...HYPER, epochs: 2 })
      }
      await expect(forever()).rejects.toThrow(RunError)
      await expect(learner.update(bad, HYPER)).rejects.toThrow(/the gradient was not finite \d+ times in a row/)
    })

    test('weights of another network are refused by name', () => {
      const learner = create(1)
      const saved = learner.save()
      const header = structuredClone(saved.header) as { network: { layout: string[] } }
      const { name: first, shape } = learner.layout.slots[0]!
      header.network.layout[0] = `${first} [99, 1]`
      expect(() => learner.load({ ...saved, header: header as never })).toThrow(
        `weights belong to another network: expected ${first} [${shape.join(', ')}], got ${first} [99, 1]`,
      )
    })
  })
}
