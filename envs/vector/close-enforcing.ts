/** CloseEnforcing for a vector, as wrappers/close-enforcing.ts; workers refuse by themselves, because their threads are gone. */
import { closedError } from '../wrappers/close-enforcing.js'
import type { VectorEnv } from './vector-env.js'
import { wrappedVector } from './wrapper.js'

export function closeEnforcing(venv: VectorEnv): VectorEnv {
  let closed = false
  const { draw } = venv
  const open = (method: string): VectorEnv => {
    if (closed) throw closedError(venv.spec?.id ?? 'environment', method)
    return venv
  }
  return wrappedVector(venv, {
    reset: (options) => open('reset').reset(options),
    step: (actions) => open('step').step(actions),
    ...(draw && { draw: (index, canvas) => draw.call(open('draw'), index, canvas) }),
    saveOne: (index) => open('saveOne').saveOne(index),
    save: () => open('save').save(),
    load: (saved) => open('load').load(saved),
    close: () => {
      if (closed) return
      closed = true
      venv.close()
    },
  })
}
