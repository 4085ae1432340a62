/**
 * The environment contract: Gymnasium's, in TypeScript.
 *
 * An `Env` is one world with one agent. A `FunctionalEnv` is the same world as pure functions on a slice of a state
 * array, so that one environment and ten thousand are the same code (vector/). Wrappers change an Env from outside.
 */
import type { Canvas } from './canvas/canvas.js'
import type { Json } from './json.js'
import type { EnvSpec } from './registry.js'
import type { Generator } from './seeding/generator.js'
import type { Space } from './spaces/space.js'

/** Whatever an environment wants to tell beside the observation; never needed for learning. */
export type Info = Readonly<Record<string, unknown>>

export interface ResetOptions {
  /** A non-negative integer starts a new random stream; without one the running stream goes on (that of a new environment starts from 0). */
  readonly seed?: number
  /** Environment-specific choices for this episode, as Gymnasium's `options`. */
  readonly options?: Readonly<Record<string, unknown>>
}

export type ResetResult<Observation> = readonly [observation: Observation, info: Info]

/** `terminated`: the task ended. `truncated`: the time ran out. They stay two flags; both may be true. */
export type StepResult<Observation> = readonly [
  observation: Observation,
  reward: number,
  terminated: boolean,
  truncated: boolean,
  info: Info,
]

export interface Env<Observation = unknown, Action = unknown> {
  readonly observationSpace: Space<Observation>
  readonly actionSpace: Space<Action>
  /** How the registry made it; null for an environment constructed by hand. */
  readonly spec: EnvSpec | null
  /** The innermost environment: itself unless this is a wrapper. */
  readonly unwrapped: Env
  /** The stream that the environment draws from, for wrappers that draw from it too; null before the first reset, absent where it is kept back. */
  readonly random?: Generator | null
  reset(options?: ResetOptions): ResetResult<Observation>
  step(action: Action): StepResult<Observation>
  /** Draws the present state; absent when the environment cannot be drawn. */
  draw?(canvas: Canvas): void
  /** The present state in characters, lines joined by newlines; absent where it is not a matter of characters. */
  drawText?(): string
  /** Everything needed to go on from here in another process: state, random stream, counters. Plain JSON. */
  save(): Json
  load(saved: Json): void
  close(): void
}

/**
 * An environment as pure functions. State lives at `state[at … at + stateSize)`, float64; the action at `action[actionAt …)`.
 * No function keeps anything between calls: all memory is in the state slice and the random stream.
 */
export interface FunctionalEnv<Observation = Float32Array, Action = unknown> {
  /** Numbers in one state. */
  readonly stateSize: number
  readonly observationSpace: Space<Observation>
  readonly actionSpace: Space<Action>
  /** Writes a first state. @throws when `options` holds a value out of range */
  initial(random: Generator, state: Float64Array, at: number, options?: Readonly<Record<string, unknown>>): void
  /** Moves the state one step and returns the reward. */
  transition(state: Float64Array, at: number, action: ArrayLike<number>, actionAt: number, random: Generator): number
  terminal(state: Float64Array, at: number): boolean
  /** Writes the observation as a flat float32 row. */
  observe(state: Float64Array, at: number, out: Float32Array, outAt: number): void
  /** Only for speed, as all built-in control tasks have it: many environments in one call. Left out, a general loop calls the three above. */
  readonly rows?: RowStepper
  /** What to tell beside the observation of this state; absent when there is nothing. */
  info?(state: Float64Array, at: number): Info
  draw?(state: Float64Array, at: number, canvas: Canvas): void
  /** The state in characters, lines joined by newlines. */
  drawText?(state: Float64Array, at: number): string
}

/**
 * The step of many environments, as a loop of the environment's own: there the compiler knows which functions are called and puts them in
 * place, which in a loop that serves every environment it cannot. It counts only beside the very functions that it names, so whoever takes an
 * environment and changes one of them gets what the changed one does.
 */
export interface RowStepper extends Pick<FunctionalEnv, 'transition' | 'terminal' | 'observe'> {
  /** For the environments `from … to − 1`, each on its own: the transition, its reward, whether the state is terminal, the observation. It must not throw. */
  step(rows: StateRows, from: number, to: number): void
}

/** N states and what is told of them: row i of every array belongs to environment i. */
export interface StateRows {
  /** [N, stateSize] */
  readonly state: Float64Array
  /** [N, A] */
  readonly actions: Float64Array
  readonly randoms: readonly Generator[]
  /** [N] */
  readonly rewards: Float64Array
  /** [N] 1 where the state is terminal. */
  readonly terminated: Uint8Array
  /** [N, D] */
  readonly observations: Float32Array
}
