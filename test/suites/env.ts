/** The laws that every registered environment keeps, whatever it is about. */
import { describe, expect, test } from 'vitest'
import { brailleText } from '../../envs/canvas/braille.js'
import { drawing } from '../../envs/canvas/canvas.js'
import { inkPlane } from '../../envs/canvas/raster.js'
import { checkEnv } from '../../envs/check-env.js'
import type { Env } from '../../envs/core.js'
import type { Json } from '../../envs/json.js'
import { type EnvOptions, make, makeVec, spec } from '../../envs/registry.js'
import type { Box } from '../../envs/spaces/box.js'
import type { Discrete } from '../../envs/spaces/discrete.js'
import { writeFlat } from '../../envs/spaces/flat.js'
import type { Space } from '../../envs/spaces/space.js'
import { recordEpisodeStatistics } from '../../envs/vector/record-episode-statistics.js'
import { serial } from '../../envs/vector/serial.js'
import type { VectorEnv } from '../../envs/vector/vector-env.js'

const STEPS = 300

/** Warnings of the checker that say something true and wanted: Gymnasium's environments are so. */
const EXPECTED_WARNINGS = [/have an infinite bound/, /bounds of the actions are not/]

export function envSuite(id: string, kwargs: EnvOptions = {}): void {
  const create = () => make(id, kwargs)

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
      expect(journey(second, 5)).toEqual(way)
      expect(second.save()).toEqual(first.save())
      const otherWay = journey(other, 6)
      expect([otherWay, other.save()]).not.toEqual([way, first.save()])
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
      expect(onward(copy, 100)).toEqual(onward(original, 100))
    })

    test('one environment, N in one array, and N one after the other are the same', () => {
      const together = makeVec(id, { numEnvs: 3, kwargs })
      const oneByOne = recordEpisodeStatistics(serial(create, { numEnvs: 3 }))
      const expected = vectorJourney(together, 40)
      expect(vectorJourney(oneByOne, 40)).toEqual(expected)
      expect(singlesJourney([create(), create(), create()], 40)).toEqual(expected)
    })

    test('any environment of a vector goes on the same way alone', () => {
      const venv = makeVec(id, { numEnvs: 3, kwargs })
      vectorJourney(venv, 8, 61)
      const alone = create()
      alone.load(JSON.parse(JSON.stringify(venv.saveOne(1))) as Json)
      const flat = new Float64Array(venv.actionSpace.size)
      for (const action of actionsOf(alone, 9, 30)) {
        writeFlat(alone.actionSpace, action, flat)
        const step = venv.step([...flat, ...flat, ...flat])
        const [observation, reward, terminated, truncated] = alone.step(action)
        const ended = terminated || truncated
        const rows = ended ? step.finalObservations : step.observations
        expect([...rows.subarray(rows.length / 3, (2 * rows.length) / 3)]).toEqual(flatRow(alone, observation))
        expect([step.rewards[1], step.terminated[1], step.truncated[1]]).toEqual([reward, terminated ? 1 : 0, truncated ? 1 : 0])
        if (ended) expect([...step.observations.subarray(rows.length / 3, (2 * rows.length) / 3)]).toEqual(flatRow(alone, alone.reset()[0]))
      }
    })

    test('actions outside the space are refused, or clipped where the space is a box', () => {
      const env = create()
      if (env.actionSpace.kind !== 'box') {
        env.reset({ seed: 0 })
        for (const wrong of wrongChoices(env.actionSpace)) expect(() => env.step(wrong)).toThrow('expected an action in')
        return
      }
      const { low, high } = env.actionSpace as Box
      const stepped = (action: ArrayLike<number>) => {
        env.reset({ seed: 0 })
        return env.step(action)[0]
      }
      expect(stepped(high.map((bound) => bound + 100))).toEqual(stepped(high))
      expect(stepped(low.map((bound) => bound - 100))).toEqual(stepped(low))
      for (const wrong of [low.map(() => Number.NaN), [...low, 0], 0, null])
        expect(() => stepped(wrong as number[])).toThrow('expected an action in')
    })

    test('a step before the first reset is refused', () => {
      const env = create()
      expect(() => env.step(env.actionSpace.sample())).toThrow(`${id}.step: call reset() first`)
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

interface Step {
  readonly observation: unknown
  readonly reward: number
  readonly terminated: boolean
  readonly truncated: boolean
  readonly first?: unknown
}

// biome-ignore lint/suspicious/noExplicitAny: any environment
type AnyEnv = Env<any, any>

function journey(env: AnyEnv, seed: number, steps = STEPS): Step[] {
  const [observation] = env.reset({ seed })
  env.actionSpace.seed(seed)
  return [{ observation, reward: 0, terminated: false, truncated: false }, ...onward(env, steps)]
}

/** Goes on from here; resets where an episode ends. */
function onward(env: AnyEnv, steps: number): Step[] {
  return actionsOf(env, 77, steps).map((action) => {
    const [observation, reward, terminated, truncated] = env.step(action)
    return { observation, reward, terminated, truncated, ...((terminated || truncated) && { first: env.reset()[0] }) }
  })
}

function actionsOf(env: AnyEnv, seed: number, count: number): unknown[] {
  env.actionSpace.seed(seed)
  return Array.from({ length: count }, () => env.actionSpace.sample())
}

function vectorJourney(venv: VectorEnv, seed: number, steps = STEPS): unknown[] {
  const trace: unknown[] = [[...venv.reset({ seed })]]
  venv.actionSpace.seed(seed)
  const width = venv.observationSpace.size
  const actions = new Float64Array(venv.numEnvs * venv.actionSpace.size)
  for (let t = 0; t < steps; t++) {
    for (let i = 0; i < venv.numEnvs; i++) writeFlat(venv.actionSpace, venv.actionSpace.sample(), actions, i * venv.actionSpace.size)
    const { observations, rewards, terminated, truncated, finalObservations, episodes } = venv.step(actions)
    const finals = episodes.map(({ env }) => [...finalObservations.subarray(env * width, (env + 1) * width)])
    trace.push({
      observations: [...observations],
      rewards: [...rewards],
      terminated: [...terminated],
      truncated: [...truncated],
      finals,
      episodes: [...episodes],
    })
  }
  return trace
}

/** The same journey by hand: one environment after the other, reset where its episode ends. */
function singlesJourney(envs: readonly AnyEnv[], seed: number): unknown[] {
  const rows = (observations: readonly unknown[]) => observations.flatMap((observation) => flatRow(envs[0]!, observation))
  const trace: unknown[] = [rows(envs.map((env, i) => env.reset({ seed: seed + i })[0]))]
  const { actionSpace } = envs[0]!
  actionSpace.seed(seed)
  const returns = envs.map(() => 0)
  const lengths = envs.map(() => 0)
  for (let t = 0; t < STEPS; t++) {
    const finals: number[][] = []
    const episodes: unknown[] = []
    const steps = envs.map((env, i) => {
      const [observation, reward, terminated, truncated] = env.step(actionSpace.sample())
      returns[i]! += reward
      lengths[i]!++
      if (!terminated && !truncated) return { observation, reward, terminated, truncated }
      finals.push(flatRow(env, observation))
      episodes.push({ env: i, return: returns[i], length: lengths[i], terminated, truncated })
      returns[i] = 0
      lengths[i] = 0
      return { observation: env.reset()[0], reward, terminated, truncated }
    })
    trace.push({
      observations: rows(steps.map(({ observation }) => observation)),
      rewards: steps.map(({ reward }) => reward),
      terminated: steps.map(({ terminated }) => (terminated ? 1 : 0)),
      truncated: steps.map(({ truncated }) => (truncated ? 1 : 0)),
      finals,
      episodes,
    })
  }
  return trace
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

function flatRow(env: AnyEnv, observation: unknown): number[] {
  const row = new Float32Array(env.observationSpace.size)
  writeFlat(env.observationSpace, observation, row)
  return [...row]
}
