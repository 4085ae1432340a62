/** The laws that every wrapper keeps. */
import { describe, expect, test } from 'vitest'
import { drawing } from '../../envs/canvas/canvas.js'
import { checkEnv } from '../../envs/check-env.js'
import type { Env } from '../../envs/core.js'
import type { Json } from '../../envs/json.js'
import { make } from '../../envs/registry.js'
import { serial } from '../../envs/vector/serial.js'
import { fixture } from '../support/fixtures.js'

// biome-ignore lint/suspicious/noExplicitAny: any environment; fixture rows
type Any = any
type AnyEnv = Env<Any, Any>

export interface WrapperChoices {
  /** Environment to wrap. Default CartPole-v1. */
  readonly id?: string
  /** The same wrapper with nothing in it that learns, for what must come out the same twice. Default: the wrapper itself. */
  readonly settled?: (env: AnyEnv) => AnyEnv
  /** Whether part of its state outlives a reset, so that the same seed does not give the same state. Default false. */
  readonly outlivesReset?: boolean
  /** Whether it is meant for environments that can be drawn only. Default false. */
  readonly needsDrawing?: boolean
}

export function wrapperSuite(name: string, wrap: (env: AnyEnv) => AnyEnv, choices: WrapperChoices = {}): void {
  const { id = 'CartPole-v1', settled = wrap, outlivesReset = false, needsDrawing = false } = choices
  const create = () => wrap(make(id))

  describe(`${name} keeps the laws of wrappers`, () => {
    test('what is inside can be reached, and its spec is told', () => {
      const inner = make(id)
      expect(wrap(inner).unwrapped).toBe(inner.unwrapped)
      expect(create().spec?.id).toBe(id)
    })

    test('wrapped it is still an environment', () => {
      const errors = checkEnv(settled(make(id))).filter(({ level }) => level === 'error')
      const aboutState = /^save\(\) after reset|^the state of the same step/
      expect(errors.filter(({ message }) => !(outlivesReset && aboutState.test(message)))).toEqual([])
    })

    test('every observation is in the space', () => {
      const env = create()
      const seen = [env.reset({ seed: 1 })[0]]
      env.actionSpace.seed(5)
      for (let t = 0; t < 60; t++) {
        const [observation, , terminated, truncated] = env.step(env.actionSpace.sample())
        seen.push(observation)
        if (terminated || truncated) seen.push(env.reset()[0])
      }
      for (const observation of seen) expect(env.observationSpace.contains(observation)).toBe(true)
    })

    test('what was returned is not written over later', () => {
      const env = create()
      const [first] = env.reset({ seed: 2 })
      const before = plain(first)
      const step = env.step(env.actionSpace.sample())
      const after = plain(step)
      onward(env, 5)
      expect(plain(first)).toEqual(before)
      expect(plain(step)).toEqual(after)
    })

    test('a state saved in the middle of an episode goes on the same way in a fresh copy', () => {
      const [original, copy] = [create(), create()]
      original.reset({ seed: 3 })
      onward(original, 25)
      copy.load(JSON.parse(JSON.stringify(original.save())) as Json)
      expect(copy.save()).toEqual(original.save())
      expect(onward(copy, 80)).toEqual(onward(original, 80))
    })

    test('a state of the bare environment is refused', () => {
      const env = make(id)
      env.reset({ seed: 0 })
      expect(() => create().load(env.unwrapped.save())).toThrow('make the environment as it was made when it was saved')
      expect(() => create().load(null)).toThrow('expected an object, got null')
    })

    test('draws what is inside, and closes it', () => {
      let closed = 0
      const inner: AnyEnv = { ...make(id), close: () => closed++ }
      const env = wrap(inner)
      env.reset({ seed: 0 })
      for (let i = 0; i < 2; i++) expect(drawing((canvas) => env.draw!(canvas))).toEqual(drawing((canvas) => inner.draw!(canvas)))
      env.close()
      expect(closed).toBe(1)
    })

    test('hands out the stream that the environment draws from', () => {
      const inner = make(id)
      const env = wrap(inner)
      expect(env.random).toBeNull()
      env.reset({ seed: 4 })
      expect(env.random).toBe(inner.random)
    })

    test(`an environment that cannot be drawn ${needsDrawing ? 'is refused' : 'still cannot'}`, () => {
      const { draw: _, ...inner } = make(id)
      if (needsDrawing) expect(() => wrap(inner)).toThrow('cannot be drawn')
      else expect('draw' in wrap(inner)).toBe(false)
    })

    test('serves in a vector environment', () => {
      const venv = serial(create, { numEnvs: 2 })
      venv.reset({ seed: 0 })
      expect(venv.step(new Float64Array(2 * venv.actionSpace.size)).rewards).toHaveLength(2)
    })
  })
}

export interface Compared {
  /** Which cases; default all of this name. */
  readonly only?: (c: Any) => boolean
  /** Absolute tolerance of observations; 0: exactly equal. */
  readonly observations?: number
  /** What else a case tells. */
  readonly check?: (infos: Any[], c: Any, env: AnyEnv) => void
}

/** Every case of one wrapper in test/fixtures/wrappers.json: observations, rewards, flags, resets. */
export function gymnasiumWrapped(name: string, wrap: (env: AnyEnv, params: Any) => AnyEnv, compared: Compared = {}): void {
  const { only = () => true, observations: tolerance = 0, check } = compared
  const cases = fixture('wrappers').cases.filter((c: Any) => c.name === name && only(c))

  describe(`${name} does what Gymnasium's does`, () => {
    test.each<Any>(cases)('$env, $params', (c) => {
      const env = wrap(make(c.env), c.params)
      const resets: Any[] = []
      expect(numbersOf(env.reset({ seed: c.seed })[0])).toBeAllClose(numbersOf(c.reset_obs), 0, tolerance)
      const steps = c.actions.map((action: Any, t: number) => {
        const step = env.step(action)
        if (step[2] || step[3]) resets.push({ after_step: t, obs: numbersOf(env.reset()[0]) })
        return step
      })
      expect(steps.flatMap(([observation]: Any) => numbersOf(observation))).toBeAllClose(c.obs.flatMap(numbersOf), 0, tolerance)
      expect(steps.map(([, reward]: Any) => reward)).toBeAllClose(c.rewards, 1e-9)
      expect(steps.map(([, , terminated]: Any) => terminated)).toEqual(c.terminated)
      expect(steps.map(([, , , truncated]: Any) => truncated)).toEqual(c.truncated)
      expect(resets.map(({ after_step: at }) => at)).toEqual(c.resets.map(({ after_step: at }: Any) => at))
      expect(resets.flatMap(({ obs }) => obs)).toBeAllClose(
        c.resets.flatMap(({ obs }: Any) => numbersOf(obs)),
        0,
        tolerance,
      )
      check?.(
        steps.map((step: Any) => step[4]),
        c,
        env,
      )
    })
  })
}

/** All numbers of an observation, whatever its form. */
export function numbersOf(observation: unknown): number[] {
  if (typeof observation === 'number') return [observation]
  if (ArrayBuffer.isView(observation)) return Array.from(observation as Float64Array)
  return Object.values(observation as object).flatMap(numbersOf)
}

function onward(env: AnyEnv, steps: number): unknown[] {
  env.actionSpace.seed(5)
  return Array.from({ length: steps }, () => {
    const step = env.step(env.actionSpace.sample())
    return plain([...step, step[2] || step[3] ? env.reset()[0] : null])
  })
}

const plain = <T>(value: T): T => structuredClone(value)
