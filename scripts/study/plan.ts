/**
 * What the study trains, and in which order: settings (a task, and what is done to its rewards), tables (rules compared with one another on
 * some settings), and the runs that follow from them.
 *
 * ORDER says what is made first. When time is short its end is dropped, so the order is part of the design, made before the runs: one rule of
 * each kind on three plain tasks, forms of loss feedback, stress, the slowest task, more rules, more stress, and loss feedback's choices crossed.
 */
import { UsageError } from '../../src/core/errors.js'
import { PLAIN, SPIKES, scaled, type World } from './worlds.js'

export interface Setting {
  /** 'CartPole ×100' */
  readonly name: string
  readonly algo: 'ppo' | 'a2c'
  readonly env: string
  /** Environment steps; schedules end there. */
  readonly steps: number
  readonly world: World
}

export interface Table {
  readonly name: string
  readonly title: string
  /** Names of settings. */
  readonly settings: readonly string[]
  /** As `--clip` takes them; after a space, settings as `--set` takes them. */
  readonly clips: readonly string[]
  /** Each gives a table of differences with a Holm family of its own; the first is the one that matters. */
  readonly baselines: readonly string[]
}

/** One training. */
export interface Trial {
  readonly setting: string
  readonly clip: string
  readonly seed: number
}

/** The limit that the field uses: one norm of 0.5 over actor and critic. */
export const JOINT = 'global-norm'
/** The same, for actor and critic each. */
export const APART = 'global-norm:per=network'
/**
 * The A/A pair: one part in a hundred more, which Adam and RMSprop, whose steps hardly grow with the gradient, take out again. What it does by
 * itself is far below what any of the measures can see; but training amplifies it, and within a tenth of a run the two have only the seed in
 * common. What differs between them at the end is luck.
 */
export const TWIN = 'global-norm:tau=0.505'
/**
 * The other A/A pair: kernels that round otherwise. Its first different episode comes at a tenth of a run on CartPole, but after the middle of
 * one on Acrobot, and often never under A2C: there it says little.
 */
export const ROUNDED = 'global-norm kernels=strict'
export const FEEDBACK = 'loss-feedback'

/** Seeds that no pilot and no test has used. */
export const FIRST_SEED = 101

const task = (name: string, algo: 'ppo' | 'a2c', env: string, steps: number, world: World = PLAIN): Setting => ({
  name,
  algo,
  env,
  steps,
  world,
})

/** The tuned presets, Pendulum as long as there, the others cut short: whole runs end at their ceiling under almost every rule. */
const CARTPOLE = (name: string, world?: World) => task(name, 'ppo', 'CartPole-v1', 50_000, world)
const ACROBOT = (name: string, world?: World) => task(name, 'ppo', 'Acrobot-v1', 100_000, world)
const PENDULUM = (name: string, world?: World) => task(name, 'ppo', 'Pendulum-v1', 102_400, world)
const A2C = (name: string, world?: World) => task(name, 'a2c', 'CartPole-v1', 100_000, world)

export const SETTINGS: readonly Setting[] = [
  CARTPOLE('CartPole'),
  ACROBOT('Acrobot'),
  PENDULUM('Pendulum'),
  A2C('A2C CartPole'),
  CARTPOLE('CartPole ×10', scaled(10)),
  CARTPOLE('CartPole ×100', scaled(100)),
  CARTPOLE('CartPole spikes', SPIKES),
  ACROBOT('Acrobot ×100', scaled(100)),
  ACROBOT('Acrobot spikes', SPIKES),
  PENDULUM('Pendulum ×100', scaled(100)),
  PENDULUM('Pendulum spikes', SPIKES),
  A2C('A2C CartPole ×10', scaled(10)),
  A2C('A2C CartPole ×100', scaled(100)),
  A2C('A2C CartPole spikes', SPIKES),
]

const PLAIN_TASKS = ['CartPole', 'A2C CartPole', 'Acrobot', 'Pendulum']

const LITERAL = 'loss-feedback-literal:signal=value-loss'
const feedback = (...options: readonly string[]): string => [FEEDBACK, options.join(',')].filter((part) => part !== '').join(':')

/** One of each kind. */
const RULES = [
  JOINT,
  TWIN,
  ROUNDED,
  'none',
  APART,
  'percentile:p=10',
  'zscore',
  'agc',
  'auto',
  FEEDBACK,
  feedback('signal=value-loss'),
  LITERAL,
]

const MORE_RULES = [JOINT, TWIN, 'learning-rate', 'percentile:p=50', 'zclip', 'mean-std:over=history,k=2', 'mean-std:over=element,k=3']

/** One choice away from the default, or two where the pilot study found them to matter together. */
const FORMS = [
  JOINT,
  TWIN,
  APART,
  FEEDBACK,
  feedback('per=model'),
  feedback('direction=worse-down'),
  feedback('signal=value-loss'),
  feedback('signal=value-loss', 'direction=worse-down'),
  feedback('detrend=0.9'),
  feedback('leak=0.01'),
  feedback('leak=0'),
  feedback('up=1.05'),
  feedback('up=1.2'),
  feedback('anchor=10', 'leak=0', 'signal=value-loss'),
]

const UNDER_STRESS = RULES.filter((clip) => clip !== ROUNDED)

/** What is crossed in the last table, default first: 3 · 2 · 2 · 3 forms. */
export const FACTORS = {
  signal: ['signal=return', 'signal=value-loss', 'signal=return,detrend=0.9'],
  norms: ['per=network', 'per=model'],
  direction: ['direction=worse-up', 'direction=worse-down'],
  leak: ['leak=0.1', 'leak=0.01', 'leak=0'],
} as const satisfies Readonly<Record<string, readonly string[]>>

/** The clip of one level per factor. */
export const crossedClip = (levels: readonly string[]): string => feedback(...levels)

/** Every combination of the factors' levels, the first factor slowest. */
export const combinations = (factors: Readonly<Record<string, readonly string[]>>): string[][] =>
  Object.values(factors).reduce<string[][]>((all, levels) => all.flatMap((some) => levels.map((level) => [...some, level])), [[]])

export const TABLES: readonly Table[] = [
  { name: 'rules', title: 'Rules', settings: PLAIN_TASKS, clips: RULES, baselines: [JOINT] },
  { name: 'more-rules', title: 'More rules', settings: PLAIN_TASKS, clips: MORE_RULES, baselines: [JOINT] },
  { name: 'forms', title: 'Forms of loss feedback', settings: PLAIN_TASKS, clips: FORMS, baselines: [JOINT, APART, FEEDBACK] },
  {
    name: 'stress',
    title: 'Rules under stress',
    settings: SETTINGS.map(({ name }) => name).filter((name) => !PLAIN_TASKS.includes(name)),
    clips: UNDER_STRESS,
    baselines: [JOINT],
  },
  {
    name: 'crossed',
    title: 'Loss feedback, its choices crossed',
    settings: PLAIN_TASKS,
    clips: [JOINT, TWIN, ...combinations(FACTORS).map(crossedClip)],
    baselines: [JOINT],
  },
]

/** What is made first. */
export const ORDER: readonly (readonly [table: string, ...settings: string[]])[] = [
  ['rules', 'CartPole', 'A2C CartPole', 'Acrobot'],
  ['forms', 'A2C CartPole', 'CartPole'],
  ['stress', 'A2C CartPole ×100', 'A2C CartPole spikes', 'CartPole ×100', 'CartPole spikes'],
  ['rules', 'Pendulum'],
  ['more-rules', 'A2C CartPole', 'CartPole', 'Acrobot'],
  ['stress', 'Acrobot spikes', 'Pendulum spikes', 'Acrobot ×100', 'Pendulum ×100', 'A2C CartPole ×10', 'CartPole ×10'],
  ['forms', 'Acrobot', 'Pendulum'],
  ['more-rules', 'Pendulum'],
  ['crossed', 'A2C CartPole', 'CartPole', 'Acrobot', 'Pendulum'],
]

export function settingNamed(name: string): Setting {
  const setting = SETTINGS.find((one) => one.name === name)
  if (setting === undefined)
    throw new UsageError(`study: there is no setting "${name}". There are ${SETTINGS.map((one) => one.name).join(', ')}.`)
  return setting
}

/** All clips on one setting with one seed: what one child process trains, one after the other. */
export interface Block {
  readonly table: string
  readonly setting: string
  readonly seed: number
  readonly trials: readonly Trial[]
}

/** Everything in ORDER, of the tables asked for; a run that two tables share belongs to the first that is made. */
export function blocks(tables: readonly Table[], seeds: readonly number[]): Block[] {
  const planned = new Set<string>()
  const stages = ORDER.flatMap(([name, ...settings]) => {
    const table = tables.find((one) => one.name === name)
    return table === undefined ? [] : settings.map((setting) => ({ table, setting }))
  })
  return stages.flatMap(({ table, setting }) =>
    seeds.map((seed): Block => {
      const trials = table.clips.map((clip) => ({ setting, clip, seed })).filter((trial) => !planned.has(trialKey(trial)))
      for (const trial of trials) planned.add(trialKey(trial))
      return { table: table.name, setting, seed, trials }
    }),
  )
}

export const trialKey = ({ setting, clip, seed }: Trial): string => `${setting}|${clip}|${seed}`
