import { execFileSync } from 'node:child_process'
import { renameSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { MessageChannel, Worker } from 'node:worker_threads'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { FailedEnvError } from '../../../envs/errors.js'
import type { EnvOptions } from '../../../envs/registry.js'
import { makeVec, register } from '../../../envs/registry.js'
import type { EnvSource, WorkersOptions } from '../../../envs/vector/node-workers.js'
import * as fromSources from '../../../envs/vector/node-workers.js'
import { serial } from '../../../envs/vector/serial.js'
import type { VectorEnv, VectorStep } from '../../../envs/vector/vector-env.js'
import {
  BUSY,
  commandWord,
  controlWords,
  MESSAGE,
  PENDING,
  requestWord,
  STEP,
  sharedRows,
  stateWord,
  WELL,
  type WorkerTask,
} from '../../../envs/vector/worker-memory.js'
import { vectorEnvSuite } from '../../suites/vector-env.js'
import { built } from '../../support/built.js'
import { faulty } from '../../support/faulty-worlds.js'

/** What users install, where workers start fast. That sources work as well is tested below. */
const { folder, remove } = built()
const { workers } = (await import(pathToFileURL(`${folder}/envs/vector/node-workers.js`).href)) as typeof fromSources
const WORLDS = pathToFileURL(`${folder}/test/support/worlds.js`).href
const FAULTY = pathToFileURL(`${folder}/test/support/faulty-worlds.js`).href

const open: VectorEnv[] = []
afterEach(() => {
  for (const venv of open.splice(0)) venv.close()
})
afterAll(remove)

/** Two workers, closed after the test. */
function crew(source: EnvSource, options: Partial<WorkersOptions> = {}, make = workers): VectorEnv {
  const venv = make(source, { numEnvs: 4, workers: 2, ...options })
  open.push(venv)
  return venv
}

const faultyCrew = (kwargs: EnvOptions, options: Partial<WorkersOptions> = {}) =>
  crew({ module: FAULTY, export: 'faulty', kwargs }, options)

vectorEnvSuite('workers', (world, kwargs, { maxEpisodeSteps: limits = null, ...choices }) =>
  crew({ module: WORLDS, export: 'single', kwargs: { world, kwargs, limits: limits && [...limits] } }, choices),
)

/** What `run` throws. */
function thrown(run: () => unknown): Error & Record<string, unknown> {
  try {
    run()
  } catch (error) {
    return error as Error & Record<string, unknown>
  }
  throw new Error('expected an error, got none')
}

describe('errors of an environment in a worker', () => {
  test('arrive with environment, seed, step, action, and what was thrown', () => {
    const venv = faultyCrew({ fault: 'throws', env: 2, step: 3 })
    venv.reset({ seed: 40 })
    venv.reset()
    venv.step([1, 2, 3, 4])
    venv.step([1, 2, 3, 4])
    const error = thrown(() => venv.step([5, 6, 7, 8]))
    expect(error).toMatchObject({ name: 'FailedEnvError', env: 2, seed: 42, step: 3, action: 7, originalName: 'TypeError' })
    expect(error.message).toBe('environment.step: environment 2 (seed 42, episode 2, step 3, action 7) threw TypeError: the wheel came off')
    expect(error.cause).toMatchObject({ name: 'TypeError', message: 'the wheel came off' })
    expect((error.cause as Error).stack).toContain('faulty-worlds.js')
  })

  test('of several, all are named, the first first', () => {
    const venv = faultyCrew({ fault: 'throws' }, { numEnvs: 3, workers: 3 })
    venv.reset({ seed: [9, 8, 7] })
    venv.step([0, 0, 0])
    const error = thrown(() => venv.step([0, 1, 2]))
    expect(error.env).toBe(0)
    expect(error.message.split('\n')).toEqual([
      'environment.step: environment 0 (seed 9, episode 1, step 2, action 0) threw TypeError: the wheel came off',
      'Also environment 1 (seed 8, episode 1, step 2, action 1) threw TypeError: the wheel came off',
      'Also environment 2 (seed 7, episode 1, step 2, action 2) threw TypeError: the wheel came off',
    ])
  })

  test('leave the others alive: a reset begins again, and it closes', () => {
    const venv = faultyCrew({ fault: 'throws', env: 1 })
    venv.reset({ seed: 0 })
    venv.step([0, 0, 0, 0])
    expect(() => venv.step([0, 0, 0, 0])).toThrow('the wheel came off')
    expect([...venv.reset({ seed: 0 })]).toEqual([0, 0, 0, 0])
    expect([...venv.step([1, 2, 3, 4]).rewards]).toEqual([1, 2, 3, 4])
  })

  test.each([
    ['throws a string', 'threw string: just words', 'string'],
    ['throws what cannot be sent', 'threw Error: with a function', 'Error'],
  ])('whatever it is: an environment that %s', (fault, message, originalName) => {
    const venv = faultyCrew({ fault, env: 0, step: 1 })
    venv.reset()
    expect(thrown(() => venv.step([0, 0, 0, 0]))).toMatchObject({ originalName, message: expect.stringContaining(message) })
  })

  test('come from resets, saves and infos as well', () => {
    const start = faultyCrew({ fault: 'reset throws', env: 3 })
    expect(thrown(() => start.reset({ seed: 1 }))).toMatchObject({ env: 3, seed: 4, step: 0, action: null, originalName: 'TypeError' })
    const venv = faultyCrew({ fault: 'save throws', env: 1 })
    venv.reset({ seed: 1 })
    expect(() => venv.save()).toThrow('environment.save: environment 1 (seed 2, episode 1, step 0) threw Error: cannot be saved')
    const whole = serial((i) => faulty({}, i), { numEnvs: 4 })
    whole.reset({ seed: 1 })
    expect(venv.saveOne(2)).toEqual(whole.saveOne(2)) // and not what its worker answered to the save that failed
    const telling = faultyCrew({ fault: 'tells a function', env: 1, step: 1 })
    telling.reset()
    const step = telling.step([0, 0, 0, 0])
    expect(() => step.infos).toThrow('could not be cloned')
    expect(telling.step([0, 0, 0, 0]).infos).toEqual([{}, { steps: 2 }, {}, {}])
  })
})

describe('a worker that is lost', () => {
  test.each([
    ['exits', {}, 'environment.step: the worker of environments 2 to 3 died: process.exit(3)'],
    [
      'hangs',
      { timeoutMs: 700 },
      'the worker of environments 2 to 3 did not answer within 0.7 s; it hangs, ran out of memory, or needs more time: raise timeoutMs (milliseconds)',
    ],
    ['fills its memory', { timeoutMs: 2000, maxMemoryMb: 16 }, 'the worker of environments 2 to 3 did not answer within 2 s'],
  ])('because it %s is noticed, and the rest is ended', (fault, limits, message) => {
    const venv = faultyCrew({ fault, env: 3 }, limits)
    venv.reset({ seed: 0 })
    venv.step([0, 0, 0, 0])
    const error = thrown(() => venv.step([0, 0, 0, 0]))
    expect(error).toMatchObject({ name: 'WorkerLostError', envs: [2, 3], message: expect.stringContaining(message) })
    for (const use of [() => venv.step([0, 0, 0, 0]), () => venv.reset(), () => venv.save(), () => venv.saveOne(0)]) {
      expect(thrown(use)).toBe(error)
    }
    venv.close()
    venv.close()
  })

  test('between two steps, by an error that nobody caught, is noticed at the next', async () => {
    const venv = faultyCrew({ fault: 'fails later', env: 0, step: 1 })
    venv.reset()
    venv.step([0, 0, 0, 0])
    await new Promise((resolve) => setTimeout(resolve, 600))
    const error = thrown(() => venv.step([0, 0, 0, 0]))
    expect(error).toMatchObject({ name: 'WorkerLostError', envs: [0, 1] })
    expect(error.message).toContain('died: an error nobody caught: Error: in a timer')
  })
})

describe('a worker', () => {
  test('that cannot even be loaded is noticed at once', () => {
    const file = `${folder}/envs/vector/worker-loop.js`
    renameSync(file, `${file}.gone`)
    try {
      const error = thrown(() => crew({ id: 'CartPole-v1' }))
      expect(error).toMatchObject({ name: 'WorkerLostError', message: expect.stringContaining('worker-loop.js') })
    } finally {
      renameSync(`${file}.gone`, file)
    }
  })

  test('woken without a request does nothing', async () => {
    const control = controlWords(1)
    const { port1: port, port2 } = new MessageChannel()
    const source: EnvSource = { module: FAULTY, export: 'faulty', kwargs: {} }
    const task: WorkerTask = { source, first: 0, count: 1, numEnvs: 1, autoreset: 'same-step', index: 0, control }
    const answered = async (ask: () => void) => {
      Atomics.store(control, PENDING, 1)
      Atomics.store(control, stateWord(0), BUSY)
      ask()
      while (Atomics.load(control, PENDING) > 0) await new Promise((resolve) => setTimeout(resolve, 2))
      expect(Atomics.load(control, stateWord(0))).toBe(WELL)
    }
    const request = (command: number, message?: unknown) => {
      if (message !== undefined) port.postMessage(message)
      Atomics.store(control, commandWord(0), command)
      Atomics.add(control, requestWord(0), 1)
      Atomics.notify(control, requestWord(0))
    }
    const rows = sharedRows(1, 1, 1)
    let worker: Worker | null = null
    await answered(() => {
      const entry = pathToFileURL(`${folder}/envs/vector/worker-entry.js`)
      worker = new Worker(entry, { workerData: { task, port: port2 }, transferList: [port2] })
    })
    await answered(() => request(MESSAGE, { kind: 'memory', block: rows.block }))
    await answered(() => request(MESSAGE, { kind: 'reset', seed: [0] }))
    for (let t = 1; t <= 5; t++) {
      await answered(() => request(STEP))
      expect(rows.observations[0]).toBe(t) // as many steps as were asked for
      for (let i = 0; i < 5; i++) {
        Atomics.notify(control, requestWord(0)) // as from a caller that was held up after raising the counter
        await new Promise((resolve) => setTimeout(resolve, 2))
      }
    }
    await worker!.terminate()
    port.close()
  })
})

describe('workers', () => {
  test('tell infos when asked, also those of a reset with options', () => {
    const venv = faultyCrew({}, { numEnvs: 3 })
    venv.reset({ seed: 0 })
    const step = venv.step([0, 0, 0])
    expect(step.infos).toEqual([{ steps: 1 }, { steps: 1 }, { steps: 1 }])
    venv.reset({ options: { low: 1 }, mask: [0, 0, 1] })
    expect(step.infos).toEqual([{ steps: 1 }, { steps: 1 }, { low: 1 }])
    expect(() => venv.reset({ options: { run: () => 0 } })).toThrow('environment.reset: what goes to a worker must be plain data')
    expect([...venv.step([1, 1, 1]).observations]).toEqual([2, 2, 1])
    expect(step.infos).toEqual([{ steps: 2 }, { steps: 2 }, { steps: 1 }])
    venv.step([1, 1, 1])
    expect(step.infos).toEqual([{ steps: 3 }, { steps: 3 }, {}]) // seed 2 gives episodes of two steps: that one began again
  })

  test('of any number give what one after the other gives, and take over its state', () => {
    const one = serial((i) => faulty({}, i), { numEnvs: 5 })
    one.reset({ seed: 2 })
    one.step([1, 2, 3, 4, 5])
    const state = one.save()
    const actions = [1, 1, 1, 1, 1]
    const expected = { step: numbers(one.step(actions)), state: one.save() }
    for (const count of [1, 3, 9]) {
      const venv = faultyCrew({}, { numEnvs: 5, workers: count })
      venv.load(state)
      expect(venv.save()).toEqual(state)
      expect({ step: numbers(venv.step(actions)), state: venv.save() }).toEqual(expected)
    }
    expect(() => faultyCrew({}).load(state)).toThrow('envs: expected a list of 4')
  })

  test('closed, they refuse everything but to be closed again', () => {
    const venv = faultyCrew({})
    venv.reset()
    const step = venv.step([0, 0, 0, 0])
    venv.close()
    venv.close()
    for (const use of [() => venv.step([0, 0, 0, 0]), () => venv.reset(), () => venv.save(), () => step.infos]) {
      expect(use).toThrow('the environment is closed; make another')
    }
  })

  test.each<[string, EnvSource, string, string]>([
    ['an unknown id', { id: 'CartPol' }, 'UnknownEnvError', 'Did you mean "CartPole"?'],
    ['an unknown option', { id: 'CartPole-v1', kwargs: { gravity: 3 } }, 'EnvOptionError', 'unknown option "gravity"'],
    ['a module that is not there', { module: new URL('./nowhere.js', import.meta.url).href }, 'Error', 'nowhere.js'],
    [
      'an export that is not there',
      { module: FAULTY, export: 'missing' },
      'EnvError',
      'expected an export that makes an environment, got none',
    ],
    [
      'an export that is none',
      { module: FAULTY, export: 'nothing' },
      'EnvError',
      'expected an export that makes an environment, got number',
    ],
    [
      'an environment that cannot be made',
      { module: FAULTY, export: 'faulty', kwargs: { fault: 'no start', env: 1 } },
      'RangeError',
      'no environment 1',
    ],
  ])('%s fails at the start', (_name, source, name, message) => {
    expect(thrown(() => crew(source))).toMatchObject({ name, message: expect.stringContaining(message) })
  })

  test('an environment may be registered, or exported as a registration or a function', () => {
    const pole = crew({ id: 'CartPole-v1', kwargs: { suttonBartoReward: true }, maxEpisodeSteps: 3 }, { numEnvs: 1 })
    expect(pole.spec).toMatchObject({ id: 'CartPole-v1', maxEpisodeSteps: 3, kwargs: { suttonBartoReward: true } })
    const registered = crew({ module: FAULTY, export: 'registration' }, { numEnvs: 1 })
    expect(registered.spec).toMatchObject({ id: 'test/Faultless-v0', maxEpisodeSteps: 5 })
    const renamed = crew({ id: 'test/ByAnotherName-v0', module: FAULTY }, { numEnvs: 1 })
    expect(renamed.spec).toMatchObject({ id: 'test/ByAnotherName-v0' })
    const limited = crew({ module: FAULTY, maxEpisodeSteps: 2 }, { numEnvs: 1 })
    limited.reset()
    expect([0, 0].map(() => limited.step([0]).truncated[0])).toEqual([0, 1])
  })

  test.each([
    [{ numEnvs: 0 }, 'numEnvs must be a whole number of at least 1, got 0'],
    [{ workers: 0 }, 'workers must be a number of at least 1, got 0'],
    [{ timeoutMs: Number.NaN }, 'timeoutMs must be a number of at least 1, got NaN'],
    [{ startTimeoutMs: Infinity }, 'startTimeoutMs must be a number of at least 1, got Infinity'],
  ])('refuse %o', (options, message) => {
    expect(() => crew({ id: 'CartPole-v1' }, options)).toThrow(message)
  })
})

describe('workers from TypeScript sources', () => {
  test('read TypeScript modules, and errors name their lines', () => {
    const module = new URL('../../support/faulty-worlds.ts', import.meta.url).href
    const venv = crew({ module, export: 'faulty', kwargs: { fault: 'throws', env: 3 } }, {}, fromSources.workers)
    venv.reset({ seed: 0 })
    expect([...venv.step([1, 2, 3, 4]).rewards]).toEqual([1, 2, 3, 4])
    const error = thrown(() => venv.step([0, 0, 0, 0]))
    expect(error).toBeInstanceOf(FailedEnvError)
    expect((error.cause as Error).stack).toMatch(/faulty-worlds\.ts:\d+/)
  })

  test('also in a process that reads them by itself', () => {
    const script = `import { nodeWorkers } from '${new URL('../../../envs/vector/node-workers.ts', import.meta.url)}'
      const venv = nodeWorkers().create({ id: 'CartPole-v1' }, { numEnvs: 2, autoreset: 'same-step' })
      venv.reset({ seed: 1 })
      console.log([...venv.step([0, 1]).rewards].join())` // and is not closed: that must not keep the process
    const out = execFileSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
      encoding: 'utf8',
      timeout: 30_000,
    })
    expect(out.trim()).toBe('1,1')
  })
})

describe('makeVec with workers', () => {
  test('gives the same as without', () => {
    register({
      id: 'test/Costly-v0',
      env: () => faulty({}, 0),
      maxEpisodeSteps: 4,
      module: new URL('../../support/faulty-worlds.ts', import.meta.url).href,
    })
    const [one, other] = (['serial', 'workers'] as const).map((vectorization) =>
      makeVec('test/Costly', { numEnvs: 3, vectorization, workers: fromSources.nodeWorkers({ workers: 2 }) }),
    ) as [VectorEnv, VectorEnv]
    open.push(other)
    expect(other.spec).toEqual(one.spec)
    expect([...other.reset({ seed: 3 })]).toEqual([...one.reset({ seed: 3 })])
    for (let t = 0; t < 9; t++) {
      const actions = [t % 3, 1, 2]
      expect(numbers(other.step(actions))).toEqual(numbers(one.step(actions)))
    }
    expect(other.save()).toEqual(one.save())
  })

  test('an environment that only this thread knows stays here when the choice is free', () => {
    register({ id: 'test/Closure-v0', env: () => faulty({}, 0) })
    const slow = { ...fromSources.nodeWorkers({ workers: 2 }), clock: ticking(5) }
    const venv = makeVec('test/Closure', { numEnvs: 2, workers: slow })
    venv.reset({ seed: 0 })
    expect(venv.step([0, 0]).rewards).toHaveLength(2)
    expect(() => makeVec('test/Closure', { numEnvs: 2, vectorization: 'workers', workers: slow })).toThrow(
      '"test/Closure-v0" is not registered',
    )
  })
})

/** A clock on which every look costs so many milliseconds. */
function ticking(ms: number): () => number {
  let now = 0
  return () => (now += ms)
}

const numbers = ({ observations, rewards, terminated, truncated }: VectorStep) =>
  structuredClone({ observations, rewards, terminated, truncated })
