/**
 * LunarLander-v3: land on the pad between two flags, softly, upright and with little fuel.
 *
 * Observation [8] float32: x and y from the pad (1 = half the screen), velocity in x and y, angle (rad), angular velocity, and for each
 * leg 1 while it touches the ground. Velocities are in Gymnasium's units: 5, 7.5 and 2.5 of them make 1 m/s, 1 m/s and 1 rad/s over here.
 * Action: 0 nothing, 1 left engine, 2 main engine, 3 right engine; or, continuous, [2] within ±1: main throttle (burns above 0, at half
 * power and more) and side throttle (burns beyond ±0.5). Reward: reward.ts; +100 for coming to rest, −100 for a crash.
 * Start: top, in the middle, pushed by up to ±1000 N in x and y for one frame; one frame without engines comes before the first observation.
 * Terminated: the hull touches the ground, |x| reaches 1, or all is at rest. The 1000-step time limit is the registry's, not ours.
 *
 * Source: Gymnasium 1.4; the same draws in the same order, so the same terrain, push and dispersion. Not bit-exact: see world.ts. The
 * bounds of the observation are Gymnasium's too: a lander that tumbles for long leaves them.
 */
import type { Env } from '../../core.js'
import { EnvOptionError } from '../../errors.js'
import { withDefaults } from '../../options.js'
import type { Generator } from '../../seeding/generator.js'
import { box } from '../../spaces/box.js'
import { discrete } from '../../spaces/discrete.js'
import { type Planck, planckFor } from '../planck.js'
import { type Simulation, simulatedEnv } from '../simulated-env.js'
import { advance, FPS, HEIGHT, physics, WIDTH } from '../world.js'
import { buildCraft, type Craft, LEG_DOWN } from './craft.js'
import { drawLander } from './drawing.js'
import { continuousThrottle, discreteThrottle, fire, OFF, type Throttle } from './engines.js'
import { CRASHED, fuel, LANDED, potential } from './reward.js'
import { buildTerrain, lunarTerrain, PAD_HEIGHT } from './terrain.js'
import { wind } from './wind.js'

export interface LunarLanderOptions {
  /** Default false. */
  readonly continuous?: boolean
  /** m/s², above −12 and below 0. Default −10. */
  readonly gravity?: number
  /** Default false. */
  readonly enableWind?: boolean
  /** The most that wind pushes, N; 0 to 20 makes sense. Default 15. */
  readonly windPower?: number
  /** The most that turbulence turns, N·m; 0 to 2 makes sense. Default 1.5. */
  readonly turbulencePower?: number
}

const DEFAULTS: Required<LunarLanderOptions> = {
  continuous: false,
  gravity: -10,
  enableWind: false,
  windPower: 15,
  turbulencePower: 1.5,
}

const INITIAL_PUSH = 1000 // N, at most, in x and in y
const BOUNDS = [2.5, 2.5, 10, 10, 2 * Math.PI, 10]

export function lunarLander(options: LunarLanderOptions & { readonly continuous: true }): Env<Float32Array, ArrayLike<number>>
export function lunarLander(options?: LunarLanderOptions & { readonly continuous?: false }): Env<Float32Array, number>
/** @throws EnvOptionError for an option out of range; EnvError when planck is not installed */
export function lunarLander(options: LunarLanderOptions = {}): Env<Float32Array> {
  const settings = withDefaults('LunarLander', options, DEFAULTS)
  const { gravity, continuous } = settings
  if (!(gravity > -12 && gravity < 0)) throw new EnvOptionError(`LunarLander: option gravity must be above -12 and below 0, got ${gravity}`)
  const planck = planckFor('LunarLander')
  return simulatedEnv<unknown>({
    name: 'LunarLander',
    observationSpace: box({ low: [...BOUNDS.map((bound) => -bound), 0, 0], high: [...BOUNDS, 1, 1] }),
    actionSpace: continuous ? box({ low: -1, high: 1, shape: [2] }) : discrete(4),
    begin: (random) => flight(planck, settings, random),
  })
}

/** One episode. */
function flight(planck: Planck, settings: Required<LunarLanderOptions>, random: Generator): Simulation {
  const surface = lunarTerrain(random)
  const physicsOf = physics(planck, settings.gravity)
  buildTerrain(physicsOf, surface)
  const craft = buildCraft(physicsOf)
  const { hull, hullTouch, legTouches } = craft
  const push = { x: random.uniform(-INITIAL_PUSH, INITIAL_PUSH), y: random.uniform(-INITIAL_PUSH, INITIAL_PUSH) }
  hull.body.applyForceToCenter(push, true)
  const blow = settings.enableWind ? wind(random, settings.windPower, settings.turbulencePower) : null
  const throttleOf = settings.continuous ? continuousThrottle : discreteThrottle

  const state = new Float64Array(8)
  let burning = OFF
  const frame = (throttle: Throttle) => {
    burning = throttle
    if (blow !== null && !legTouches[0].now && !legTouches[1].now) blow(hull.body)
    fire(hull.body, throttle, random)
    advance(physicsOf)
    measure(craft, state)
  }
  const crashed = () => hullTouch.ever || Math.abs(state[0]!) >= 1
  const resting = () => !hull.body.isAwake()

  frame(OFF)
  let before = potential(state)

  return {
    step: (action) => {
      frame(throttleOf(action))
      const now = potential(state)
      const reward = now - before - fuel(burning)
      before = now
      return resting() ? LANDED : crashed() ? CRASHED : reward
    },
    terminal: () => crashed() || resting(),
    observe: (out) => out.set(state),
    draw: (canvas) => drawLander(canvas, surface, craft, burning),
  }
}

/** The observation, before it is rounded to float32. */
function measure({ hull: { body }, legTouches }: Craft, out: Float64Array): void {
  const position = body.getPosition()
  const velocity = body.getLinearVelocity()
  out[0] = (position.x - WIDTH / 2) / (WIDTH / 2)
  out[1] = (position.y - (PAD_HEIGHT + LEG_DOWN)) / (HEIGHT / 2)
  out[2] = (velocity.x * (WIDTH / 2)) / FPS
  out[3] = (velocity.y * (HEIGHT / 2)) / FPS
  out[4] = body.getAngle()
  out[5] = (20 * body.getAngularVelocity()) / FPS
  out[6] = legTouches[0].now ? 1 : 0
  out[7] = legTouches[1].now ? 1 : 0
}
