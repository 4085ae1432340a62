/** Public names of `tau-rl/envs`, listed by hand. */
export type { Canvas, Drawing, Ink, Shape, View } from './canvas/canvas.js'
export { drawing } from './canvas/canvas.js'
export { cartpole } from './classic-control/cartpole.js'
export type { Env, FunctionalEnv, Info, ResetOptions, ResetResult, StepResult } from './core.js'
export { EnvError, EnvOptionError, NonFiniteError, ResetNeededError, UnknownEnvError } from './errors.js'
export { functionalEnv } from './functional-env.js'
export type { Json } from './json.js'
export {
  type EnvOptions,
  type EnvSpec,
  type MakeOptions,
  type MakeVecOptions,
  make,
  makeVec,
  type Registration,
  register,
  registeredIds,
  resolveId,
  spec,
} from './registry.js'
export { Generator, type GeneratorState, generator } from './seeding/generator.js'
export { type Entropy, type SeedSequence, seedSequence } from './seeding/seed-sequence.js'
export { type Box, type BoxOptions, box } from './spaces/box.js'
export { type Discrete, discrete } from './spaces/discrete.js'
export type { Space, SpaceKind } from './spaces/space.js'
export { recordEpisodeStatistics as recordVectorEpisodeStatistics } from './vector/record-episode-statistics.js'
export { serial } from './vector/serial.js'
export { structOfArrays } from './vector/struct-of-arrays.js'
export type { AutoresetMode, FinishedEpisode, VectorEnv, VectorResetOptions, VectorStep } from './vector/vector-env.js'
export { orderEnforcing } from './wrappers/order-enforcing.js'
export { recordEpisodeStatistics } from './wrappers/record-episode-statistics.js'
export { timeLimit } from './wrappers/time-limit.js'
