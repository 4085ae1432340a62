/** Public names of `tau-rl/envs`, listed by hand. */

export { brailleLines, brailleText, type InkRun, type TextSize } from './canvas/braille.js'
export { type BrailleCell, type BrailleGrid, type BrailleRun, brailleGrid } from './canvas/braille-grid.js'
export { type Canvas, type Drawing, drawing, type Ink, type Shape, type View } from './canvas/canvas.js'
export { INKS, PALETTE, type Palette } from './canvas/palette.js'
export { inkPlane, type Raster, type RasterOptions, type RasterSize, raster } from './canvas/raster.js'
export type { Plane } from './canvas/scanline.js'
export { type SvgOptions, svg } from './canvas/svg.js'
export { checkEnv, type Finding, formatFindings } from './check-env.js'
export { type AcrobotOptions, acrobot } from './classic-control/acrobot.js'
export { type CartPoleOptions, cartpole } from './classic-control/cartpole.js'
export { type MountainCarOptions, mountainCar } from './classic-control/mountain-car.js'
export { mountainCarContinuous } from './classic-control/mountain-car-continuous.js'
export { type PendulumOptions, pendulum } from './classic-control/pendulum.js'
export type { Env, FunctionalEnv, Info, ResetOptions, ResetResult, StepResult } from './core.js'
// whole, because `declare module 'tau-rl/envs'` can add to an interface that comes through here only so
export * from './env-types.js'
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
export { type BlackjackOptions, blackjack } from './toy-text/blackjack.js'
export { type CliffWalkingOptions, cliffWalking } from './toy-text/cliff-walking.js'
export { crossable, type FrozenLakeOptions, frozenLake, LAKES, randomLake } from './toy-text/frozen-lake.js'
export { decodeTaxi, encodeTaxi, type TaxiOptions, taxi, taxiMask } from './toy-text/taxi.js'
export type { TaxiState } from './toy-text/taxi-map.js'
export { recordEpisodeStatistics as recordVectorEpisodeStatistics } from './vector/record-episode-statistics.js'
export { type SerialOptions, serial } from './vector/serial.js'
export { type StructOfArraysOptions, structOfArrays } from './vector/struct-of-arrays.js'
export type { AutoresetMode, FinishedEpisode, VectorEnv, VectorResetOptions, VectorStep } from './vector/vector-env.js'
export { clipAction } from './wrappers/clip-action.js'
export { orderEnforcing } from './wrappers/order-enforcing.js'
export { type EpisodeStatistics, recordEpisodeStatistics } from './wrappers/record-episode-statistics.js'
export { timeLimit } from './wrappers/time-limit.js'
export { wrapped } from './wrappers/wrapper.js'
