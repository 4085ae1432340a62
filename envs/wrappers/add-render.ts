/**
 * AddRender: every reset and every step tells the picture of the state in its info, as plain data that any renderer can draw at any size.
 * We differ from Gymnasium's AddRenderObservation, which puts pixels into the observation: a drawing here is not made of pixels.
 */
import { type Drawing, drawing } from '../canvas/canvas.js'
import type { Env, Info } from '../core.js'
import { EnvError } from '../errors.js'
import { stateless, wrapped } from './wrapper.js'

export interface AddRenderOptions {
  /** The name of the drawing in `info`. Default 'drawing'. */
  readonly renderKey?: string
}

/** @throws EnvError when the environment cannot be drawn, or uses the key itself */
export function addRender<O, A>(env: Env<O, A>, { renderKey = 'drawing' }: AddRenderOptions = {}): Env<O, A> {
  if (env.draw === undefined)
    throw new EnvError(`addRender: ${env.spec?.id ?? 'the environment'} cannot be drawn; write draw(canvas) for it`)
  const told = (info: Info): Info => {
    if (renderKey in info) throw new EnvError(`AddRender: info.${renderKey} is taken by the environment; choose another renderKey`)
    const picture: Drawing = drawing((canvas) => env.draw?.(canvas))
    return { ...info, [renderKey]: picture }
  }
  return wrapped<O, A>(env, {
    reset: (options) => {
      const [observation, info] = env.reset(options)
      return [observation, told(info)]
    },
    step: (action) => {
      const [observation, reward, terminated, truncated, info] = env.step(action)
      return [observation, reward, terminated, truncated, told(info)]
    },
    ...stateless('AddRender', env),
  })
}
