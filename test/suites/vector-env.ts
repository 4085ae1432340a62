/** The laws that every kind of vector environment keeps, shown on CartPole and on a world that only counts. */
import { describe, expect, test } from 'vitest'
import { drawing } from '../../envs/canvas/canvas.js'
import type { Json } from '../../envs/json.js'
import { type EnvOptions, make } from '../../envs/registry.js'
import { multiDiscrete } from '../../envs/spaces/multi-discrete.js'
import { recordEpisodeStatistics } from '../../envs/vector/record-episode-statistics.js'
import type { AutoresetMode, VectorEnv } from '../../envs/vector/vector-env.js'
import { fixture } from '../support/fixtures.js'
import { thrown } from '../support/thrown.js'
import type { WORLDS } from '../support/worlds.js'

export interface VectorChoices {
  readonly numEnvs: number
  readonly autoreset?: AutoresetMode
  /** One limit each; null: none. */
  readonly maxEpisodeSteps?: readonly number[] | null
}

/** Makes N environments of the functions that `WORLDS[world](kwargs)` gives. */
export type CreateVector = (world: keyof typeof WORLDS, kwargs: EnvOptions, choices: VectorChoices) => VectorEnv

// biome-ignore lint/suspicious/noExplicitAny: fixture rows
type Row = any

const MODES: Readonly<Record<string, AutoresetMode>> = { SAME_STEP: 'same-step', NEXT_STEP: 'next-step', DISABLED: 'disabled' }

export function vectorEnvSuite(name: string, create: CreateVector): void {
  const poles = (choices: Partial<VectorChoices> = {}) => create('cartpole', {}, { numEnvs: 3, ...choices })

  describe(`${name} keeps the laws of vector environments`, () => {
    test.each<Row>(fixture('vector').cases.filter((c: Row) => c.mode in MODES))('goes where Gymnasium goes in $mode', (c) => {
      const venv = poles({ autoreset: MODES[c.mode]!, maxEpisodeSteps: c.max_episode_steps })
      expect(rowsOf(venv.reset({ seed: c.seeds }), 3)).toEqual(c.reset_obs)
      c.actions.forEach((actions: number[], t: number) => {
        const { observations, rewards, terminated, truncated, finalObservations } = venv.step(actions)
        expect(rowsOf(observations, 3)).toEqual(c.obs[t])
        expect([...rewards]).toEqual(c.rewards[t])
        expect(Array.from(terminated, Boolean)).toEqual(c.terminated[t])
        expect(Array.from(truncated, Boolean)).toEqual(c.truncated[t])
        c.final_obs?.[t].forEach((row: number[] | null, i: number) => {
          if (row !== null) expect(rowsOf(finalObservations, 3)[i]).toEqual(row)
        })
        const partial = c.partial_resets?.find(({ after_step: after }: Row) => after === t)
        if (partial) expect(rowsOf(venv.reset({ mask: partial.mask }), 3)).toEqual(partial.obs)
      })
    })

    test('a number seeds environment i with seed + i, a list gives each its own, and no seed lets the streams go on', () => {
      const c = fixture('vector').cases.find((one: Row) => one.mode === 'SEED_INT')
      const venv = poles({ numEnvs: 4 })
      expect(rowsOf(venv.reset({ seed: c.seed }), 4)).toEqual(c.reset_obs)
      expect(rowsOf(venv.reset(), 4)).toEqual(c.second_reset_obs)
      expect(rowsOf(venv.reset({ seed: [0, 1, 2, 3].map((i) => c.seed + i) }), 4)).toEqual(c.reset_obs)
      const batch = multiDiscrete([2, 2, 2, 2])
      batch.seed(c.seed)
      expect(c.action_samples.map(() => [...batch.sample()])).toEqual(c.action_samples)
    })

    test('never seeded, the environments still begin differently, and the same in every run', () => {
      const first = rowsOf(poles().reset(), 3)
      expect(new Set(first.map(String)).size).toBe(3)
      expect(rowsOf(poles().reset(), 3)).toEqual(first)
    })

    // Gymnasium's own table: episodes of 2, 3 and 3 steps, rewards 1, 2 and 3
    test.each<[AutoresetMode, Row[]]>([
      [
        'next-step',
        [
          { obs: [1, 1, 1], rewards: [1, 2, 3], ended: [0, 0, 0] },
          { obs: [2, 2, 2], rewards: [1, 2, 3], ended: [1, 0, 0] },
          { obs: [0, 3, 3], rewards: [0, 2, 3], ended: [0, 1, 1] },
          { obs: [1, 0, 0], rewards: [1, 0, 0], ended: [0, 0, 0] },
        ],
      ],
      [
        'same-step',
        [
          { obs: [1, 1, 1], rewards: [1, 2, 3], ended: [0, 0, 0] },
          { obs: [0, 2, 2], rewards: [1, 2, 3], ended: [1, 0, 0], final: [2, null, null] },
          { obs: [1, 0, 0], rewards: [1, 2, 3], ended: [0, 1, 1], final: [null, 3, 3] },
          { obs: [0, 1, 1], rewards: [1, 2, 3], ended: [1, 0, 0], final: [2, null, null] },
        ],
      ],
      [
        'disabled',
        [
          { obs: [1, 1, 1], rewards: [1, 2, 3], ended: [0, 0, 0] },
          { obs: [2, 2, 2], rewards: [1, 2, 3], ended: [1, 0, 0], afterReset: [0, 2, 2] },
          { obs: [1, 3, 3], rewards: [1, 2, 3], ended: [0, 1, 1], afterReset: [1, 0, 0] },
          { obs: [2, 1, 1], rewards: [1, 2, 3], ended: [1, 0, 0] },
        ],
      ],
    ])('%s gives the sequence of the reference', (autoreset, table) => {
      const venv = create('counter', {}, { numEnvs: 3, autoreset })
      venv.reset({ seed: [2, 3, 3] }) // the counter's seed decides its length
      for (const { obs, rewards, ended, final, afterReset } of table) {
        const step = venv.step([1, 2, 3])
        expect({ obs: [...step.observations], rewards: [...step.rewards], ended: [...step.terminated] }).toEqual({ obs, rewards, ended })
        final?.forEach((last: number | null, i: number) => {
          if (last !== null) expect(step.finalObservations[i]).toBe(last)
        })
        if (afterReset) expect([...venv.reset({ mask: step.terminated })]).toEqual(afterReset)
      }
    })

    test.each(Object.values(MODES))('saved through JSON in mode %s it goes on the same way', (autoreset) => {
      const [one, two] = [0, 0].map(() => recordEpisodeStatistics(poles({ autoreset, maxEpisodeSteps: [30, 12, 500] }))) as [
        VectorEnv,
        VectorEnv,
      ]
      one.reset({ seed: 4 })
      onward(one, 47)
      two.load(JSON.parse(JSON.stringify(one.save())) as Json)
      expect(two.save()).toEqual(one.save())
      expect(onward(two, 150)).toEqual(onward(one, 150))
    })

    test('infos are of the observations that stand now, after a reset as after a step', () => {
      const venv = create('telling', {}, { numEnvs: 3 })
      const seen = () => venv.infos!().map(({ steps }) => steps)
      venv.reset({ seed: [2, 3, 3] }) // the counter's seed decides its length
      expect(seen()).toEqual([0, 0, 0])
      const told = [0, 1].map(() => {
        const { infos } = venv.step([1, 2, 3])
        expect(venv.infos!()).toEqual(infos)
        return seen()
      })
      expect(told).toEqual([
        [1, 1, 1],
        [0, 2, 2],
      ])
      venv.close()
    })

    test('one of its environments goes on the same way as a single environment', () => {
      const venv = create('cartpole', {}, { numEnvs: 3, maxEpisodeSteps: [500, 500, 500] })
      venv.reset({ seed: 9 })
      onward(venv, 5)
      const alone = make('CartPole')
      alone.load(venv.saveOne(2))
      for (let t = 0; t < 4; t++) expect([...alone.step(t % 2)[0]]).toEqual(rowsOf(venv.step([0, 0, t % 2]).observations, 3)[2])
      expect(alone.save()).toEqual(venv.saveOne(2))
    })

    test('draws one of its environments', () => {
      const venv = poles()
      venv.reset({ seed: 9 })
      expect(drawing((canvas) => venv.draw!(1, canvas))).not.toEqual(drawing((canvas) => venv.draw!(2, canvas)))
      expect(() => drawing((canvas) => venv.draw!(3, canvas))).toThrow('expected an environment from 0 to 2, got 3')
      expect(() => venv.saveOne(-1)).toThrow('expected an environment from 0 to 2, got -1')
    })

    test('the arrays of a step are the same objects every time', () => {
      const venv = poles()
      const first = venv.reset({ seed: 0 })
      const step = venv.step([0, 0, 0])
      expect(step.observations).toBe(first)
      expect(venv.step([1, 1, 1])).toBe(step)
    })

    test('refuses wrong actions before anything moves', () => {
      const venv = poles()
      venv.reset({ seed: 0 })
      const before = venv.save()
      for (const [actions, message] of [
        [[0, 0], 'expected 3 numbers (3 environments, 1 each), got 2'],
        [[0, 0, 0, 0], 'expected 3 numbers (3 environments, 1 each), got 4'],
        [[0, 2, 0], 'environment 1: expected an index from 0 to 1 for Discrete(2), got 2'],
        [[0, 0, 0.5], 'environment 2: expected an index from 0 to 1 for Discrete(2), got 0.5'],
        [[Number.NaN, 0, 0], 'environment 0: expected an index from 0 to 1 for Discrete(2), got NaN'],
        [1 as unknown as number[], 'expected 3 numbers'],
      ] as const) {
        expect(() => venv.step(actions)).toThrow(message)
        expect(venv.save()).toEqual(before)
      }
    })

    test('refuses a step before the first reset, and resets that cannot be', () => {
      const venv = poles()
      expect(() => venv.step([0, 0, 0])).toThrow('call reset() first')
      expect(() => venv.reset({ seed: [1, 2] })).toThrow('expected 3 seeds, one for each environment, got 2')
      expect(() => venv.reset({ seed: -1 })).toThrow('a seed must be a whole number')
      expect(() => venv.reset({ seed: [1, 2, 0.5] })).toThrow('a seed must be a whole number')
      expect(() => venv.reset({ mask: [true, false, false] })).toThrow('call reset() without a mask first')
      venv.reset()
      expect(() => venv.reset({ mask: [true, false] })).toThrow('expected a mask of 3')
      expect(() => venv.reset({ mask: [0, 0, 0] })).toThrow('the mask picks no environment')
      expect(() => poles({ autoreset: 'never' as AutoresetMode })).toThrow('autoreset must be same-step, next-step, disabled, got "never"')
      for (const numEnvs of [0, -1, 1.5])
        expect(() => poles({ numEnvs })).toThrow(`numEnvs must be a whole number of at least 1, got ${numEnvs}`)
    })

    test.each([
      ['observation', Number.NaN],
      ['observation', Number.POSITIVE_INFINITY],
      ['reward', Number.NaN],
      ['reward', Number.NEGATIVE_INFINITY],
    ] as const)('refuses the %s %s of an environment, and says whose it is and when', (field, value) => {
      const venv = create('failing', { field, value: String(value) }, { numEnvs: 3 })
      venv.reset({ seed: [0, 2, 0] }) // the second environment fails at its second step
      venv.step([0, 0, 0])
      const error = thrown(() => venv.step([0, 0, 0]))
      expect(error).toMatchObject({ name: 'NonFiniteError', env: 1, step: 2, field })
      expect(error.message).toContain('environment: environment 1 (seed 2, episode 1), step 2 of its episode: ')
    })

    test('what an environment throws in a step comes with its index, seed, episode, step and action', () => {
      const venv = create('throwing', { method: 'step' }, { numEnvs: 3 })
      venv.reset({ seed: [9, 2, 9] })
      venv.step([1, 2, 3])
      const error = thrown(() => venv.step([4, 5, 6]))
      expect(error).toMatchObject({
        name: 'FailedEnvError',
        message: 'environment.step: environment 1 (seed 2, episode 1, step 2, action 5) threw TypeError: the wheel came off',
        env: 1,
        seed: 2,
        episode: 1,
        step: 2,
        method: 'step',
        action: 5,
        originalName: 'TypeError',
        also: [],
        cause: { name: 'TypeError', message: 'the wheel came off', stack: expect.stringContaining('worlds.') },
      })
    })

    test('of several that fail in one step all are named; the others have made it, and a reset begins again', () => {
      const venv = create('throwing', { method: 'step' }, { numEnvs: 4 })
      venv.reset({ seed: [2, 5, 2, 5] })
      venv.step([1, 1, 1, 1])
      const error = thrown(() => venv.step([1, 2, 3, 4]))
      expect(error.message.split('\n')).toEqual([
        'environment.step: environment 0 (seed 2, episode 1, step 2, action 1) threw TypeError: the wheel came off',
        'Also environment 2 (seed 2, episode 1, step 2, action 3) threw TypeError: the wheel came off',
      ])
      expect(error).toMatchObject({ env: 0, also: [{ env: 2 }] })
      expect(venv.saveOne(1)).toMatchObject({ env: { state: [2, 0] } })
      expect([...venv.reset({ seed: 7 })]).toEqual([0, 0, 0, 0])
      expect([...venv.step([1, 2, 3, 4]).rewards]).toEqual([1, 2, 3, 4])
    })

    test('what a reset throws comes in the same way, whether it was asked for or followed an end', () => {
      const venv = create('throwing', { method: 'reset' }, { numEnvs: 2 })
      venv.reset({ seed: [2, 9] })
      venv.step([0, 0])
      expect(thrown(() => venv.step([0, 0]))).toMatchObject({
        name: 'FailedEnvError',
        message: 'environment.reset: environment 0 (seed 2, episode 2, step 0) threw TypeError: no first state',
        method: 'reset',
        action: null,
        cause: { name: 'TypeError' },
      })
      const message = 'environment.reset: environment 1 (seed 3, episode 1, step 0) threw TypeError: no first state'
      expect(thrown(() => venv.reset({ seed: 3, mask: [0, 1] }).at(0)).message).toBe(message.replace('seed 3', 'seed 4'))
    })

    test('a state that was loaded has no seed to name; wrong options of a reset are the caller’s', () => {
      const [venv, other] = [0, 0].map(() => create('throwing', { method: 'step' }, { numEnvs: 2 })) as [VectorEnv, VectorEnv]
      venv.reset({ seed: [2, 9] })
      venv.step([0, 0])
      other.load(JSON.parse(JSON.stringify(venv.save())) as Json)
      expect(thrown(() => other.step([0, 1])).message).toMatch(/environment 0 \(its state was loaded, episode 1, step \d, action 0\) threw/)
      expect(thrown(() => venv.reset({ options: { number: 1 } }))).toMatchObject({
        name: 'EnvOptionError',
        message: 'Counter.reset: unknown option "number"',
      })
      venv.reset()
      expect(thrown(() => drawing((canvas) => venv.draw!(1, canvas))).message).toMatch(
        /^environment\.draw: environment 1 \(seed 9, episode \d, step 0\) threw RangeError: no paint$/,
      )
    })

    test('after close it refuses everything but to be closed again', () => {
      const venv = poles()
      venv.reset({ seed: 0 })
      const saved = venv.save()
      venv.close()
      venv.close()
      for (const [method, use] of Object.entries({
        reset: () => venv.reset(),
        step: () => venv.step([0, 0, 0]),
        draw: () => drawing((canvas) => venv.draw!(0, canvas)),
        saveOne: () => venv.saveOne(0),
        save: () => venv.save(),
        load: () => venv.load(saved),
      })) {
        expect(thrown(use)).toMatchObject({
          name: 'ClosedError',
          message: expect.stringMatching(new RegExp(`\\.${method}: the environment is closed; make another$`)),
        })
      }
    })
  })
}

function onward(venv: VectorEnv, steps: number): unknown[] {
  return Array.from({ length: steps }, (_, t) => {
    const step = venv.step(Array.from({ length: venv.numEnvs }, (_, i) => ((t * 7 + i * 3) % 5) % 2))
    if (venv.autoreset === 'disabled' && step.terminated.some((ended, i) => ended || step.truncated[i])) {
      venv.reset({ mask: step.terminated.map((ended, i) => ended | step.truncated[i]!) })
    }
    return [[...step.observations], [...step.rewards], [...step.terminated], [...step.truncated], [...step.episodes]]
  })
}

function rowsOf(flat: ArrayLike<number>, count: number): number[][] {
  const width = flat.length / count
  return Array.from({ length: count }, (_, i) => Array.from(flat).slice(i * width, (i + 1) * width))
}
