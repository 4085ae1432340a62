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
}

export function wrapperSuite(name: string, wrap: (env: AnyEnv) => AnyEnv, { id = 'CartPole-v1' }: WrapperChoices = {}): void {
  const create = () => wrap(make(id))

  describe(`${name} keeps the laws of wrappers`, () => {
    test('what is inside can be reached, and its spec is told', () => {
      const inner = make(id)
      expect(wrap(inner).unwrapped).toBe(inner.unwrapped)
      expect(create().spec?.id).toBe(id)
    })

    test('wrapped it is still an environment', () => {
      const errors = checkEnv(create()).filter(({ level }) => level === 'error')
      expect(errors).toEqual([])
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
      expect(drawing((canvas) => env.draw!(canvas))).toEqual(drawing((canvas) => inner.draw!(canvas)))
      env.close()
      expect(closed).toBe(1)
    })

    test('an environment that cannot be drawn still cannot', () => {
      const { draw: _, ...inner } = make(id)
      expect('draw' in wrap(inner)).toBe(false)
    })

    test('serves in a vector environment', () => {
      const venv = serial(create, { numEnvs: 2 })
      venv.reset({ seed: 0 })
      expect(venv.step(new Float64Array(2 * venv.actionSpace.size)).rewards).toHaveLength(2)
    })
  })
}

/** Every case of one wrapper in test/fixtures/wrappers.json: observations, rewards, flags, resets. */
export function gymnasiumWrapped(name: string, wrap: (env: AnyEnv, params: Any) => AnyEnv, check?: (infos: Any[], c: Any) => void): void {
  const cases = fixture('wrappers').cases.filter((c: Any) => c.name === name)

  describe(`${name} does what Gymnasium's does`, () => {
    test.each<Any>(cases)('$env, $params', (c) => {
      const env = wrap(make(c.env), c.params)
      expect([...env.reset({ seed: c.seed })[0]]).toEqual(c.reset_obs)
      const resets: Any[] = []
      const steps = c.actions.map((action: Any, t: number) => {
        const step = env.step(action)
        if (step[2] || step[3]) resets.push({ after_step: t, obs: [...env.reset()[0]] })
        return step
      })
      expect(steps.map(([observation]: Any) => [...observation])).toEqual(c.obs)
      expect(steps.map(([, reward]: Any) => reward)).toBeAllClose(c.rewards, 1e-9)
      expect(steps.map(([, , terminated]: Any) => terminated)).toEqual(c.terminated)
      expect(steps.map(([, , , truncated]: Any) => truncated)).toEqual(c.truncated)
      expect(resets).toEqual(c.resets)
      check?.(
        steps.map((step: Any) => step[4]),
        c,
      )
    })
  })
}

function onward(env: AnyEnv, steps: number): unknown[] {
  env.actionSpace.seed(5)
  return Array.from({ length: steps }, () => {
    const [observation, ...rest] = env.step(env.actionSpace.sample())
    return [[...observation], ...rest, rest[1] || rest[2] ? [...env.reset()[0]] : null]
  })
}
