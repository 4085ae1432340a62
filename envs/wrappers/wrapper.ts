/**
 * The base of every wrapper: an environment that passes everything on, with some of it changed.
 * A wrapper saves as `{ wrapper: name, env: <what is inside>, … }`, so that a state cannot be loaded into something built differently.
 */
import type { Env } from '../core.js'
import { savedWrapper } from '../saved.js'
import type { Space } from '../spaces/space.js'

/** `env` with `changes`; whatever is not changed goes straight through. */
export function wrapped<O, A, InnerO = O, InnerA = A>(env: Env<InnerO, InnerA>, changes: Partial<Env<O, A>>): Env<O, A> {
  const inner = env as unknown as Env<O, A>
  const { draw, drawText } = env
  const outer: Env<O, A> = {
    observationSpace: inner.observationSpace,
    actionSpace: inner.actionSpace,
    spec: env.spec,
    unwrapped: env.unwrapped,
    reset: (options) => inner.reset(options),
    step: (action) => inner.step(action),
    ...(draw && { draw: (canvas) => draw.call(env, canvas) }),
    ...(drawText && { drawText: () => drawText.call(env) }),
    save: () => env.save(),
    load: (saved) => env.load(saved),
    close: () => env.close(),
    ...changes,
  }
  if ('random' in env) Object.defineProperty(outer, 'random', { get: () => env.random ?? null, enumerable: true, configurable: true })
  return outer
}

/** `save` and `load` of a wrapper that has nothing of its own to remember. */
export function stateless(name: string, env: Pick<Env, 'save' | 'load'>): Pick<Env, 'save' | 'load'> {
  return { save: () => ({ wrapper: name, env: env.save() }), load: (saved) => env.load(savedWrapper(name, saved).env) }
}

/** Every observation passes through `change`, which remembers nothing. */
export function observing<O, A, P>(name: string, env: Env<O, A>, observationSpace: Space<P>, change: (observation: O) => P): Env<P, A> {
  return wrapped<P, A, O, A>(env, {
    observationSpace,
    reset: (options) => {
      const [observation, info] = env.reset(options)
      return [change(observation), info]
    },
    step: (action) => {
      const [observation, reward, terminated, truncated, info] = env.step(action)
      return [change(observation), reward, terminated, truncated, info]
    },
    ...stateless(name, env),
  })
}

/** Every action passes through `change`, which remembers nothing. */
export function acting<O, A, B>(name: string, env: Env<O, A>, actionSpace: Space<B>, change: (action: B) => A): Env<O, B> {
  return wrapped<O, B, O, A>(env, { actionSpace, step: (action) => env.step(change(action)), ...stateless(name, env) })
}

/** Every reward passes through `change`, which remembers nothing. */
export function rewarding<O, A>(name: string, env: Env<O, A>, change: (reward: number) => number): Env<O, A> {
  return wrapped<O, A>(env, {
    step: (action) => {
      const [observation, reward, terminated, truncated, info] = env.step(action)
      return [observation, change(reward), terminated, truncated, info]
    },
    ...stateless(name, env),
  })
}
