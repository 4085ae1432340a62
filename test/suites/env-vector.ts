/**
 * The laws of a registered environment in vectors: in an array, one after the other and on a worker thread it goes the same way as alone, and
 * each kind refuses what is wrong. `envSuite` calls this.
 */
import { pathToFileURL } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import type * as library from '../../envs/index.js'
import type { Json } from '../../envs/json.js'
import { type EnvOptions, make, makeVec, vectorChoice } from '../../envs/registry.js'
import { writeFlat } from '../../envs/spaces/flat.js'
import type * as threads from '../../envs/vector/node-workers.js'
import type { VectorEnv } from '../../envs/vector/vector-env.js'
import type { Vectorization } from '../../envs/vector/vectorization.js'
import { built } from '../support/built.js'
import { thrown } from '../support/thrown.js'
import { actionsOf, expectSameWay, flatRow, singlesJourney, vectorJourney, vectorOnward } from './env-journeys.js'

const WORKER_STEPS = 50 // the dynamics have had their turn elsewhere

export const NO_SEEDS = [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, '7', null, {}, true]
export const SEED_REFUSED = { name: 'RangeError', message: expect.stringContaining('a seed must be a whole number from 0 to 2^53 - 1') }

/** What users install, because workers start fast from it. */
const { folder, remove } = built()
afterAll(remove)
const installed = (await import(pathToFileURL(`${folder}/envs/index.js`).href)) as typeof library
await import(pathToFileURL(`${folder}/envs/box2d/index.js`).href) // registers its environments there
const { nodeWorkers } = (await import(pathToFileURL(`${folder}/envs/vector/node-workers.js`).href)) as typeof threads

export function envVectorSuite(id: string, kwargs: EnvOptions): void {
  const create = () => make(id, kwargs)

  describe(`${id} ${JSON.stringify(kwargs)} keeps the laws of environments in vectors`, () => {
    test('one environment, N in one array, and N one after the other are the same', () => {
      const expected = singlesJourney([create(), create(), create()], 40)
      for (const venv of inThisThread(id, kwargs)) expectSameWay(vectorJourney(venv, 40), expected)
    })

    test('on a worker thread it goes the same way, and takes over a state from here', () => {
      const here = makeVec(id, { numEnvs: 3, kwargs, vectorization: 'serial' })
      const there = onWorkers(id, kwargs)
      try {
        expectSameWay(vectorJourney(there, 40, WORKER_STEPS), vectorJourney(here, 40, WORKER_STEPS))
        expect(there.save()).toEqual(here.save())
        vectorJourney(here, 41, 23)
        there.load(JSON.parse(JSON.stringify(here.save())) as Json)
        expectSameWay(vectorOnward(there, 7, 20), vectorOnward(here, 7, 20))
        expectClosed(there, id)
      } finally {
        there.close()
      }
    })

    test('every kind of vector goes on from what another saved in the middle of episodes', () => {
      for (const first of inThisThread(id, kwargs)) {
        vectorJourney(first, 12, 37)
        const saved = JSON.stringify(first.save())
        const expected = vectorOnward(first, 5, 30)
        for (const other of inThisThread(id, kwargs)) {
          other.load(JSON.parse(saved) as Json)
          expectSameWay(vectorOnward(other, 5, 30), expected)
        }
      }
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
        expect(rows.subarray(rows.length / 3, (2 * rows.length) / 3)).toEqual(flatRow(alone, observation))
        expect([step.rewards[1], step.terminated[1], step.truncated[1]]).toEqual([reward, terminated ? 1 : 0, truncated ? 1 : 0])
        if (ended) expect(step.observations.subarray(rows.length / 3, (2 * rows.length) / 3)).toEqual(flatRow(alone, alone.reset()[0]))
      }
    })

    test('a vector refuses actions of wrong count, type or value before anything moves', () => {
      for (const venv of inThisThread(id, kwargs)) {
        venv.reset({ seed: 1 })
        const before = venv.save()
        const { size } = venv.actionSpace
        const right = new Array<number>(3 * size).fill(0)
        const numbers = `expected ${3 * size} numbers (3 environments, ${size} each), got`
        for (const [wrong, got] of [
          [right.slice(1), 3 * size - 1],
          [[...right, 0], 3 * size + 1],
          [[], 0],
          [0, 0],
          [null, null],
          [undefined, undefined],
        ] as const)
          expect(thrown(() => venv.step(wrong as number[]))).toMatchObject({ name: 'EnvError', message: `${id}.step: ${numbers} ${got}` })
        for (const value of [
          Number.NaN,
          Number.POSITIVE_INFINITY,
          '0',
          null,
          undefined,
          ...(venv.actionSpace.kind === 'box' ? [] : [-1, 0.5, 1000]),
        ]) {
          const error = thrown(() => venv.step(right.with(2 * size, value as number))) // the first number of the last environment
          expect(error.name).toBe('EnvError')
          expect(error.message).toMatch(/\.step: environment 2: expected (finite numbers|an index from 0 to \d+) for \w+\(.*\), got /)
        }
        expect(venv.save()).toEqual(before)
      }
    })

    test('a vector refuses a step before the first reset', () => {
      for (const venv of inThisThread(id, kwargs)) {
        expect(thrown(() => venv.step(new Float64Array(3 * venv.actionSpace.size)))).toMatchObject({
          name: 'ResetNeededError',
          message: `${id}.step: call reset() first`,
        })
      }
    })

    test('a vector refuses everything after close but to be closed again', () => {
      for (const venv of inThisThread(id, kwargs)) {
        venv.reset({ seed: 0 })
        expectClosed(venv, id)
      }
    })

    test.each(NO_SEEDS)('a vector refuses the seed %o, for all and for one, and nothing moves', (seed) => {
      const wrong = seed as number
      for (const venv of inThisThread(id, kwargs)) {
        venv.reset({ seed: 3 })
        const before = venv.save()
        if (typeof seed !== 'object') expect(thrown(() => venv.reset({ seed: wrong }))).toMatchObject(SEED_REFUSED)
        else expect(thrown(() => venv.reset({ seed: wrong })).message).toMatch(/\.reset: (a seed must be|expected 3 seeds)/)
        expect(thrown(() => venv.reset({ seed: [1, 2, wrong] }))).toMatchObject(SEED_REFUSED)
        expect(venv.save()).toEqual(before)
      }
    })
  })
}

/** Three environments in this thread, in an array where they can be, and one after the other. */
function inThisThread(id: string, kwargs: EnvOptions): VectorEnv[] {
  const kinds: readonly Vectorization[] = vectorChoice(id).kind === 'arrays' ? ['arrays', 'serial'] : ['serial']
  return kinds.map((vectorization) => makeVec(id, { numEnvs: 3, kwargs, vectorization }))
}

/** Three environments on another thread: that they can be spread over several is a law of vector environments, and each start takes its time. */
function onWorkers(id: string, kwargs: EnvOptions): VectorEnv {
  return installed.makeVec(id, { numEnvs: 3, kwargs, vectorization: 'workers', workers: nodeWorkers({ workers: 1 }) })
}

function expectClosed(venv: VectorEnv, id: string): void {
  const saved = venv.save()
  venv.close()
  venv.close()
  for (const [method, use] of Object.entries({
    reset: () => venv.reset({ seed: 1 }),
    step: () => venv.step(new Float64Array(3 * venv.actionSpace.size)),
    save: () => venv.save(),
    load: () => venv.load(saved),
  })) {
    expect(thrown(use)).toMatchObject({ name: 'ClosedError', message: `${id}.${method}: the environment is closed; make another` })
  }
}
