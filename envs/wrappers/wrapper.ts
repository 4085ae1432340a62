/**
 * The base of every wrapper: an environment that passes everything on, with some of it changed.
 * A wrapper saves as `{ wrapper: name, env: <what is inside>, … }`, so that a state cannot be loaded into something built differently.
 */
import type { Env } from '../core.js'

/** `env` with `changes`; whatever is not changed goes straight through. */
export function wrapped<O, A, InnerO = O, InnerA = A>(env: Env<InnerO, InnerA>, changes: Partial<Env<O, A>>): Env<O, A> {
  const inner = env as unknown as Env<O, A>
  const { draw } = env
  return {
    observationSpace: inner.observationSpace,
    actionSpace: inner.actionSpace,
    spec: env.spec,
    unwrapped: env.unwrapped,
    reset: (options) => inner.reset(options),
    step: (action) => inner.step(action),
    ...(draw && { draw: (canvas) => draw.call(env, canvas) }),
    save: () => env.save(),
    load: (saved) => env.load(saved),
    close: () => env.close(),
    ...changes,
  }
}
