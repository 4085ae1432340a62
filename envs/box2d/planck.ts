/**
 * The one door to planck, the physics engine: Box2D in JavaScript. It is an optional peer dependency. Whoever has no use for these
 * environments need not install it; whoever makes one without it is told how to.
 */
import { EnvError } from '../errors.js'

export type Planck = typeof import('planck')
export type { Body, Contact, FixtureProxy, RevoluteJoint, World } from 'planck'

/** The engine, or why there is none. */
export type Engine = { readonly planck: Planck } | { readonly reason: unknown }

export function engine(load: () => Promise<Planck>): Promise<Engine> {
  return load().then(
    (planck) => ({ planck }),
    (reason: unknown) => ({ reason }),
  )
}

const installed = await engine(() => import('planck'))

/** @throws EnvError that says how to install planck, when it cannot be loaded */
export function planckFor(name: string, from: Engine = installed): Planck {
  if ('planck' in from) return from.planck
  const { reason } = from
  throw new EnvError(
    `${name}: needs the physics engine planck, which could not be loaded. Install it: npm install planck@1.4.2 (${reason instanceof Error ? reason.message : String(reason)})`,
    { cause: reason },
  )
}
