/**
 * The laws that every registered environment keeps, whatever it is about: one call of `envSuite` covers one, alone and in vectors (env-vector.ts).
 * What is wrong is refused by an error class of its own that says where, expected, got.
 */
import { isDeepStrictEqual } from 'node:util'
import { describe, expect, test } from 'vitest'
import { brailleText } from '../../envs/canvas/braille.js'
import { drawing } from '../../envs/canvas/canvas.js'
import { inkPlane } from '../../envs/canvas/raster.js'
import { checkEnv } from '../../envs/check-env.js'
import type { Json } from '../../envs/json.js'
import { type EnvOptions, make, spec } from '../../envs/registry.js'
import type { Box } from '../../envs/spaces/box.js'
import type { Discrete } from '../../envs/spaces/discrete.js'
import type { Space } from '../../envs/spaces/space.js'
import { thrown } from '../support/thrown.js'
import { expectSameWay, journey, onward } from './env-journeys.js'
import { envVectorSuite, NO_SEEDS, SEED_REFUSED } from './env-vector.js'

const ACTION_REFUSED = { name: 'EnvError', message: expect.stringMatching(/step: expected an action in .+, got /) }

/** Warnings of the checker that say something true and wanted: Gymnasium's environments are so. */
const EXPECTED_WARNINGS = [/have an infinite bound/, /bounds of the actions are not/]

export function envSuite(id: string, kwargs: EnvOptions = {}): void {
  const create = () => make(id, kwargs)
  envVectorSuite(id, kwargs)

  describe(`${id} ${JSON.stringify(kwargs)} keeps the laws of environments`, () => {
    test('the checker finds nothing unexpected', () => {
      const findings = checkEnv(create().unwrapped)
      const unexpected = findings.filter(
        ({ level, message }) => level === 'error' || !EXPECTED_WARNINGS.some((known) => known.test(message)),
      )
      expect(unexpected).toEqual([])
    })

    test('two copies with the same seed go the same way, another seed does not, or draws other numbers where nothing is left to chance', () => {
      const [first, second, other] = [create(), create(), create()]
      const way = journey(first, 5)
      expectSameWay(journey(second, 5), way)
      expect(second.save()).toEqual(first.save())
      expect(isDeepStrictEqual([journey(other, 6), other.save()], [way, first.save()])).toBe(false)
    })

    test('every observation is in the space, every reward is finite', () => {
      const env = create()
      const wrong = journey(env, 1).filter(
        ({ observation, reward }) => !env.observationSpace.contains(observation) || !Number.isFinite(reward),
      )
      expect(wrong).toEqual([])
    })

    test('a state saved in the middle of an episode goes on the same way in a fresh copy, through JSON', () => {
      const [original, copy] = [create(), create()]
      journey(original, 3, 57)
      const saved = JSON.stringify(original.save())
      copy.load(JSON.parse(saved) as Json)
      expect(JSON.stringify(copy.save())).toBe(saved)
      expectSameWay(onward(copy, 100), onward(original, 100))
    })

    test('actions outside the space are refused, or clipped where the space is a box', () => {
      const env = create()
      if (env.actionSpace.kind !== 'box') {
        env.reset({ seed: 0 })
        const before = env.save()
        for (const wrong of wrongChoices(env.actionSpace)) expect(thrown(() => env.step(wrong))).toMatchObject(ACTION_REFUSED)
        expect(env.save()).toEqual(before)
        return
      }
      const { low, high } = env.actionSpace as Box
      const stepped = (action: ArrayLike<number>) => {
        env.reset({ seed: 0 })
        return env.step(action)[0]
      }
      expect(stepped(high.map((bound) => bound + 100))).toEqual(stepped(high))
      expect(stepped(low.map((bound) => bound - 100))).toEqual(stepped(low))
      for (const wrong of [
        low.map(() => Number.NaN),
        low.map(() => Number.POSITIVE_INFINITY),
        [...low, 0],
        [],
        ['0'],
        0,
        '0',
        null,
        undefined,
      ])
        expect(thrown(() => stepped(wrong as number[]))).toMatchObject(ACTION_REFUSED)
    })

    test('a step or a drawing before the first reset is refused', () => {
      const env = create()
      for (const [method, use] of Object.entries({
        draw: () => drawing((canvas) => env.draw!(canvas)),
        ...(env.drawText && { drawText: () => env.drawText!() }),
      })) {
        expect(thrown(use)).toMatchObject({ name: 'ResetNeededError', message: `${id}.${method}: call reset() first` })
      }
      expect(thrown(() => env.step(env.actionSpace.sample()))).toMatchObject({
        name: 'ResetNeededError',
        message: `${id}.step: call reset() first`,
      })
    })

    test('after close it refuses everything but to be closed again', () => {
      const env = create()
      env.reset({ seed: 0 })
      const saved = env.save()
      env.close()
      env.close()
      for (const [method, use] of Object.entries({
        reset: () => env.reset(),
        step: () => env.step(env.actionSpace.sample()),
        draw: () => drawing((canvas) => env.draw!(canvas)),
        ...(env.drawText && { drawText: () => env.drawText!() }),
        save: () => env.save(),
        load: () => env.load(saved),
      })) {
        expect(thrown(use)).toMatchObject({ name: 'ClosedError', message: `${id}.${method}: the environment is closed; make another` })
      }
    })

    test.each(NO_SEEDS)('the seed %o is refused, and nothing moves', (seed) => {
      const wrong = seed as number
      const env = create()
      env.reset({ seed: 3 })
      const before = env.save()
      expect(thrown(() => env.reset({ seed: wrong }))).toMatchObject(SEED_REFUSED)
      expect(env.save()).toEqual(before)
      expect(() => env.actionSpace.seed(wrong)).toThrow(RangeError)
    })

    test('it can be drawn at any size', () => {
      const env = create()
      env.reset({ seed: 2 })
      const picture = drawing((canvas) => env.draw!(canvas))
      for (const size of [
        { columns: 60, rows: 15 },
        { columns: 9, rows: 3 },
      ]) {
        const lines = brailleText(picture, size).split('\n')
        expect(lines.map((line) => line.length)).toEqual(new Array(size.rows).fill(size.columns))
        expect(lines.join('').trim()).not.toBe('')
      }
      const { pixels } = inkPlane(picture, { width: 48, height: 32 })
      expect(new Set(pixels).size).toBeGreaterThan(1)
      if (env.drawText !== undefined) expect(env.drawText()).toMatch(/^[ -~]+(\n[ -~]+)*$/) // lines of printable characters
    })

    test('its spec says how it was made, and an unknown option is refused', () => {
      const env = create()
      expect(env.spec).toMatchObject({ id, maxEpisodeSteps: spec(id).maxEpisodeSteps, kwargs })
      expect(() => make(id, { ...kwargs, noSuchOption: 1 })).toThrow('unknown option "noSuchOption"')
    })
  })
}

/** Actions that no space of choices holds. */
function wrongChoices(space: Space): unknown[] {
  if (space.kind === 'discrete') {
    const { n, start } = space as Discrete
    return [start + n, start - 1, start + 0.5, Number.NaN, '0', null]
  }
  const inside = Array.from(space.sample() as ArrayLike<number>)
  const withFirst = (first: unknown) => [first, ...inside.slice(1)]
  return [withFirst(-1), withFirst(1000), withFirst(0.5), withFirst(Number.NaN), withFirst('0'), [...inside, 0], inside.slice(1), 0, null]
}
