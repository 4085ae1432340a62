/** Public names of `tau-rl/envs`, listed by hand. */

export { brailleLines, brailleText, type InkRun, type TextSize } from './canvas/braille.js'
export { type BrailleCell, type BrailleGrid, type BrailleRun, brailleGrid } from './canvas/braille-grid.js'
export { type Canvas, type Drawing, drawing, type Ink, type Shape, type View } from './canvas/canvas.js'
export { INKS, PALETTE, type Palette } from './canvas/palette.js'
export { inkPlane, type Raster, type RasterOptions, type RasterSize, raster } from './canvas/raster.js'
export { redraw } from './canvas/redraw.js'
export type { Plane } from './canvas/scanline.js'
export { type SvgOptions, svg } from './canvas/svg.js'
export { checkEnv, type Finding, formatFindings } from './check-env.js'
export { type AcrobotOptions, acrobot } from './classic-control/acrobot.js'
export { type CartPoleOptions, cartpole } from './classic-control/cartpole.js'
export { type MountainCarOptions, mountainCar } from './classic-control/mountain-car.js'
export { mountainCarContinuous } from './classic-control/mountain-car-continuous.js'
export { type PendulumOptions, pendulum } from './classic-control/pendulum.js'
export type { Env, FunctionalEnv, Info, ResetOptions, ResetResult, RowStepper, StateRows, StepResult } from './core.js'
// whole, because `declare module 'tau-rl/envs'` can add to an interface that comes through here only so
export * from './env-types.js'
export {
  ClosedError,
  EnvError,
  EnvOptionError,
  FailedEnvError,
  type FailurePlace,
  NonFiniteError,
  ResetNeededError,
  UnknownEnvError,
  WorkerLostError,
} from './errors.js'
export { functionalEnv } from './functional-env.js'
export type { Json } from './json.js'
export { asterix } from './minatar/asterix.js'
export { breakout } from './minatar/breakout.js'
export { freeway } from './minatar/freeway.js'
export type { MinAtarOptions } from './minatar/game.js'
export { seaquest } from './minatar/seaquest.js'
export { spaceInvaders } from './minatar/space-invaders.js'
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
  vectorChoice,
} from './registry.js'
export { type ChoiceOptions, Generator, type GeneratorState, generator } from './seeding/generator.js'
export { type Entropy, type SeedSequence, seedSequence } from './seeding/seed-sequence.js'
export { concatenate, iterate } from './spaces/batch.js'
export { type BatchOf, type BatchSpaceOf, batchDifferingSpaces, batchSpace } from './spaces/batch-space.js'
export { type Box, type BoxArray, type BoxOptions, type BoxType, box } from './spaces/box.js'
export { isSpace } from './spaces/check.js'
export { type Dict, type DictChoices, type DictOptions, dict, type Spaces } from './spaces/dict.js'
export { type Discrete, type DiscreteChoices, discrete } from './spaces/discrete.js'
export { elementFromJson, elementToJson } from './spaces/element-json.js'
export { hasFlatForm, readFlat, writeFlat } from './spaces/flat.js'
export { type Flattened, flatten, unflatten } from './spaces/flatten.js'
export { flatdim, flattenSpace } from './spaces/flatten-space.js'
export { spaceFromJson } from './spaces/from-json.js'
export { type Graph, type GraphChoices, type GraphInstance, graph } from './spaces/graph.js'
export { type BitChoices, type MultiBinary, multiBinary } from './spaces/multi-binary.js'
export { type MultiChoices, type MultiDiscrete, type MultiDiscreteOptions, multiDiscrete } from './spaces/multi-discrete.js'
export { type OneOf, type OneOfChoices, type OneOfElement, oneOf } from './spaces/one-of.js'
export { type Sequence, type SequenceChoices, type SequenceElement, type SequenceLength, sequence } from './spaces/sequence.js'
export type { ElementOf, MaskOf, ProbabilitiesOf, SampleChoices, Space, SpaceKind, SpaceSeed } from './spaces/space.js'
export { type Text, type TextChoice, type TextChoices, type TextOptions, text } from './spaces/text.js'
export { type Tuple, type TupleChoices, tuple } from './spaces/tuple.js'
export {
  type IdentityOptions,
  type IdentityRowOptions,
  identity,
  identityBox,
  identityMultiBinary,
  identityMultiDiscrete,
} from './teaching/identity.js'
export { type MemoryOptions, memory } from './teaching/memory.js'
export { type TargetOptions, target } from './teaching/target.js'
export { type BlackjackOptions, blackjack } from './toy-text/blackjack.js'
export { type CliffWalkingOptions, cliffWalking } from './toy-text/cliff-walking.js'
export { crossable, type FrozenLakeOptions, frozenLake, LAKES, randomLake } from './toy-text/frozen-lake.js'
export { decodeTaxi, encodeTaxi, type TaxiOptions, taxi, taxiMask } from './toy-text/taxi.js'
export type { TaxiState } from './toy-text/taxi-map.js'
export { clipAction as clipVectorAction } from './vector/clip-action.js'
export { clipReward as clipVectorReward } from './vector/clip-reward.js'
export { dtypeObservation as dtypeVectorObservation } from './vector/dtype-observation.js'
export { filterObservation as filterVectorObservation } from './vector/filter-observation.js'
export { flattenObservation as flattenVectorObservation } from './vector/flatten-observation.js'
export { grayscaleObservation as grayscaleVectorObservation } from './vector/grayscale-observation.js'
export { normalizeObservation as normalizeVectorObservation } from './vector/normalize-observation.js'
export { normalizeReward as normalizeVectorReward } from './vector/normalize-reward.js'
export { recordEpisodeStatistics as recordVectorEpisodeStatistics } from './vector/record-episode-statistics.js'
export { rescaleAction as rescaleVectorAction } from './vector/rescale-action.js'
export { rescaleObservation as rescaleVectorObservation } from './vector/rescale-observation.js'
export { reshapeObservation as reshapeVectorObservation } from './vector/reshape-observation.js'
export { resizeObservation as resizeVectorObservation } from './vector/resize-observation.js'
export { type SerialOptions, type SerialVectorEnv, serial } from './vector/serial.js'
export { type StructOfArraysOptions, structOfArrays } from './vector/struct-of-arrays.js'
export { transformAction as transformVectorAction } from './vector/transform-action.js'
export { transformObservation as transformVectorObservation } from './vector/transform-observation.js'
export { transformReward as transformVectorReward } from './vector/transform-reward.js'
export type { AutoresetMode, FinishedEpisode, VectorEnv, VectorResetOptions, VectorStep } from './vector/vector-env.js'
export type { VectorChoice, Vectorization, WorkerKit } from './vector/vectorization.js'
export { type AddRenderOptions, addRender } from './wrappers/add-render.js'
export { autoreset } from './wrappers/autoreset.js'
export { clipAction } from './wrappers/clip-action.js'
export { type ClipRewardOptions, clipReward } from './wrappers/clip-reward.js'
export { delayObservation } from './wrappers/delay-observation.js'
export { dtypeObservation } from './wrappers/dtype-observation.js'
export { filterObservation } from './wrappers/filter-observation.js'
export { flattenObservation } from './wrappers/flatten-observation.js'
export { type FrameStackOptions, frameStackObservation } from './wrappers/frame-stack-observation.js'
export { type GrayscaleObservationOptions, grayscaleObservation } from './wrappers/grayscale-observation.js'
export { maxAndSkipObservation } from './wrappers/max-and-skip-observation.js'
export { type NormalizeObservationOptions, type Normalizing, normalizeObservation } from './wrappers/normalize-observation.js'
export { type NormalizeRewardOptions, normalizeReward } from './wrappers/normalize-reward.js'
export { orderEnforcing } from './wrappers/order-enforcing.js'
export { type PassiveEnvCheckerOptions, passiveEnvChecker } from './wrappers/passive-env-checker.js'
export { type EpisodeStatistics, recordEpisodeStatistics } from './wrappers/record-episode-statistics.js'
export { repeatAction } from './wrappers/repeat-action.js'
export { type RescaleActionOptions, rescaleAction } from './wrappers/rescale-action.js'
export { type RescaleObservationOptions, rescaleObservation } from './wrappers/rescale-observation.js'
export { reshapeObservation } from './wrappers/reshape-observation.js'
export { resizeObservation } from './wrappers/resize-observation.js'
export { type RunningMoments, runningMoments } from './wrappers/running-moments.js'
export { type StickyActionOptions, stickyAction } from './wrappers/sticky-action.js'
export { type TimeAwareOptions, timeAwareObservation } from './wrappers/time-aware-observation.js'
export { timeLimit } from './wrappers/time-limit.js'
export { transformAction } from './wrappers/transform-action.js'
export { transformObservation } from './wrappers/transform-observation.js'
export { transformReward } from './wrappers/transform-reward.js'
export { wrapped } from './wrappers/wrapper.js'
