/** The checker must find what is broken: one fault at a time in an environment that keeps the contract. */
import { describe, expect, test } from 'vitest'
import { checkEnv, formatFindings } from '../../envs/check-env.js'
import { cartpole } from '../../envs/classic-control/cartpole.js'
import { pendulum } from '../../envs/classic-control/pendulum.js'
import type { Env } from '../../envs/core.js'
import { functionalEnv } from '../../envs/functional-env.js'
import { make } from '../../envs/registry.js'
import { box } from '../../envs/spaces/box.js'

// biome-ignore lint/suspicious/noExplicitAny: faults have the wrong type on purpose
type Any = any

/** A pole with something broken; `env.unwrapped` is itself. */
function broken(change: (env: Env<Any, Any>) => Partial<Record<keyof Env, Any>>): Env<Any, Any> {
  const sound = functionalEnv(cartpole())
  const env: Any = Object.defineProperties({}, { ...Object.getOwnPropertyDescriptors(sound), unwrapped: { get: () => env } })
  return Object.defineProperties(env, Object.getOwnPropertyDescriptors(change(sound)))
}

let count = 0
const drift = () => ++count

describe('checkEnv', () => {
  test('finds nothing wrong with a sound environment', () => {
    expect(checkEnv(functionalEnv(cartpole())).filter(({ level }) => level === 'error')).toEqual([])
  })

  test.each<[string, (env: Env<Any, Any>) => Partial<Record<keyof Env, Any>>, string]>([
    ['no space', () => ({ actionSpace: undefined }), 'error: actionSpace: expected a Space, got undefined'],
    [
      'a space that does not hold its samples',
      (e) => ({ observationSpace: { ...e.observationSpace, contains: () => false } }),
      'error: observationSpace: its own sample',
    ],
    [
      'a space without seed',
      (e) => ({ actionSpace: { ...e.actionSpace, sample: () => drift() % 2 } }),
      'error: actionSpace: the same seed gave another sample',
    ],
    ['reset gives no pair', (e) => ({ reset: (o: Any) => e.reset(o)[0] }), 'must return [observation, info]'],
    [
      'an observation of the wrong type',
      (e) => ({ reset: (o: Any) => [Array.from(e.reset(o)[0]), {}] }),
      'which is not in Box([4], float32)',
    ],
    ['an observation out of bounds', (e) => ({ reset: (o: Any) => [e.reset(o)[0].fill(9), {}] }), 'which is not in Box([4], float32)'],
    ['an info that is none', (e) => ({ reset: (o: Any) => [e.reset(o)[0], null] }), 'info must be an object, got null'],
    [
      'a reset that fails',
      () => ({
        reset: () => {
          throw new Error('no')
        },
      }),
      'error: reset: threw Error: no',
    ],
    ['a reset that ignores its seed', (e) => ({ reset: () => e.reset({ seed: drift() }) }), 'gave another observation the second time'],
    ['a reset whose seed does nothing', (e) => ({ reset: () => e.reset({ seed: 0 }) }), 'left the same state and random stream'],
    ['an old step', (e) => ({ step: (a: Any) => e.step(a).slice(0, 4) }), 'as an old Gym environment does'],
    ['a reward that is none', (e) => ({ step: (a: Any) => e.step(a).with(1, '1') }), 'the reward must be a number, got "1"'],
    ['an infinite reward', (e) => ({ step: (a: Any) => e.step(a).with(1, Infinity) }), 'warning: step: the reward is Infinity'],
    ['a flag that is none', (e) => ({ step: (a: Any) => e.step(a).with(2, 0) }), 'terminated must be true or false, got 0'],
    ['a reward of chance', (e) => ({ step: (a: Any) => e.step(a).with(1, drift()) }), 'the reward of the same step differed'],
    [
      'a reward that is not saved',
      (e) => ({ step: (a: Any) => e.step(a).with(1, drift()) }),
      'after load() the environment went another way',
    ],
    ['an info of chance', (e) => ({ step: (a: Any) => e.step(a).with(4, { at: drift() }) }), 'the info of the same step differed'],
    ['a truncation at once', (e) => ({ step: (a: Any) => e.step(a).with(3, true) }), 'the first step was truncated'],
    ['a save that is no JSON', (e) => ({ save: () => ({ ...(e.save() as object), at: Float32Array.of(1) }) }), 'must return plain JSON'],
    ['a load that does nothing', () => ({ load: () => {} }), 'error: load: save() right after load() gave something else'],
    [
      'a drawing that changes the state',
      (e) => ({
        draw: (c: Any) => {
          e.draw!(c)
          e.step(0)
        },
      }),
      'drawing changed the state',
    ],
    ['a drawing of nothing', () => ({ draw: () => {} }), 'warning: draw: nothing was drawn'],
    ['a drawing at NaN', () => ({ draw: (c: Any) => c.circle(Number.NaN, 0, 1, 'body') }), 'a coordinate is NaN or infinite'],
    ['an empty view', () => ({ draw: (c: Any) => c.view({ left: 0, right: 0, bottom: 0, top: 1 }) }), 'the view is empty'],
    ['a text that is none', () => ({ drawText: () => '' }), 'error: drawText: expected some characters, got ""'],
    [
      'a text that changes the state',
      (e) => ({
        drawText: () => {
          e.step(0)
          return 'pole'
        },
      }),
      'error: drawText: drawing changed the state',
    ],
    [
      'seeds accepted that are none',
      (e) => ({ reset: (o: Any) => e.reset({ seed: typeof o?.seed === 'string' ? 7 : Math.abs(Math.ceil(o?.seed ?? 1)) }) }),
      'warning: reset: reset accepted what is no seed: -1, 0.5, "seed"',
    ],
    ['no drawing', () => ({ draw: undefined }), 'warning: draw: the environment cannot be drawn'],
    [
      'any action accepted',
      (e) => ({ step: (a: Any) => e.step(a > 1 ? 0 : a) }),
      'warning: step: accepted action 2, which is not in Discrete(2)',
    ],
    [
      'a close that works once',
      () => {
        let closed = false
        return {
          close: () => {
            if (closed) throw new Error('closed')
            closed = true
          },
        }
      },
      'warning: close: a second close() threw Error: closed',
    ],
  ])('finds %s', (_name, change, message) => {
    expect(formatFindings(checkEnv(broken(change)))).toContain(message)
  })

  test('warns of bounds that make learning harder', () => {
    const flat = { ...pendulum(), observationSpace: box({ low: [0, -1, -8], high: [0, 1, 8] }) }
    const found = formatFindings(checkEnv(functionalEnv(flat)))
    expect(found).toContain('warning: observationSpace: low equals high in 1 of 3 numbers')
    expect(found).toContain('warning: actionSpace: the bounds of the actions are not [-1, 1] or [0, 1]')
  })

  test('warns that a wrapper was given', () => {
    expect(formatFindings(checkEnv(make('CartPole')))).toContain('warning: unwrapped: this is a wrapper')
  })
})
