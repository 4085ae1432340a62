/** CloseEnforcing: refuses everything but another `close` after `close`, so that nobody goes on with what was given back. It leaves no trace in saves. */
import type { Env } from '../core.js'
import { ClosedError } from '../errors.js'
import { wrapped } from './wrapper.js'

export function closeEnforcing<O, A>(env: Env<O, A>): Env<O, A> {
  let closed = false
  const { draw, drawText } = env
  const open = (method: string): Env<O, A> => {
    if (closed) throw closedError(env.spec?.id ?? 'environment', method)
    return env
  }
  return wrapped<O, A>(env, {
    reset: (options) => open('reset').reset(options),
    step: (action) => open('step').step(action),
    ...(draw && { draw: (canvas) => draw.call(open('draw'), canvas) }),
    ...(drawText && { drawText: () => drawText.call(open('drawText')) }),
    save: () => open('save').save(),
    load: (saved) => open('load').load(saved),
    close: () => {
      if (closed) return
      closed = true
      env.close()
    },
  })
}

/** 'CartPole-v1.step: the environment is closed; make another' */
export function closedError(name: string, method: string): ClosedError {
  return new ClosedError(`${name}.${method}: the environment is closed; make another`)
}
