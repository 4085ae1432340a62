/** OrderEnforcing: refuses `step` and `draw` before the first `reset`, which would otherwise act on a state that nobody chose. */
import type { Env } from '../core.js'
import { ResetNeededError } from '../errors.js'
import type { Json } from '../json.js'
import { savedBoolean, savedWrapper } from '../saved.js'
import { wrapped } from './wrapper.js'

export function orderEnforcing<O, A>(env: Env<O, A>): Env<O, A> {
  let started = false
  const { draw, drawText } = env
  const need = (method: string) => {
    if (!started) throw new ResetNeededError(`${env.spec?.id ?? 'environment'}.${method}: call reset() first`)
  }
  return wrapped<O, A>(env, {
    reset: (options) => {
      const first = env.reset(options)
      started = true
      return first
    },
    step: (action) => {
      need('step')
      return env.step(action)
    },
    ...(draw && {
      draw: (canvas) => {
        need('draw')
        draw.call(env, canvas)
      },
    }),
    ...(drawText && {
      drawText: () => {
        need('drawText')
        return drawText.call(env)
      },
    }),
    save: () => savedOrderEnforcing(env.save(), started),
    load: (saved) => {
      const { started: begun, inside } = loadOrderEnforcing(saved)
      env.load(inside)
      started = begun
    },
  })
}

/** What `save` gives: a vector environment that enforces the order itself writes the same. */
export const savedOrderEnforcing = (env: Json, started: boolean): Json => ({ wrapper: 'OrderEnforcing', started, env })

export function loadOrderEnforcing(saved: Json): { readonly started: boolean; readonly inside: Json } {
  const { env, started } = savedWrapper('OrderEnforcing', saved)
  return { started: savedBoolean('OrderEnforcing.load: started', started), inside: env }
}
