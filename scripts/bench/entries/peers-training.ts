/**
 * Whole trainings of CartPole with equal settings: ours, Stable-Baselines3, a program in CleanRL's manner and a compiled one in PureJaxRL's, each
 * in a process of its own that has everything loaded and compiled; what that costs is in `startup`. Slow programs train for fewer steps, in
 * which episodes are short; a CleanRL-style program is about a quarter faster in a long run.
 */
import type { BenchEntry, BenchNumber } from '../entry.js'
import { type Elsewhere, measure, ratioOf, type Timing } from '../harness.js'
import { ONE_THREAD, OUR_THREADS, OURS, startOurs } from '../ours/start.js'
import { able, asking, type PeerProgram } from '../peer.js'
import type { Program } from '../program.js'
import { SETTINGS } from '../training-settings.js'

type Setting = keyof typeof SETTINGS

const SB3 = 'Stable-Baselines3, 1 thread'
const CLEANRL = 'CleanRL-style, 1 thread'
const JAX_ONE = 'PureJaxRL-style, 1 thread'
const JAX = 'PureJaxRL-style, default threads'
const PROGRAMS: Readonly<Record<string, PeerProgram>> = {
  [SB3]: { script: 'sb3_training.py', threads: 1 },
  [CLEANRL]: { script: 'cleanrl_training.py', threads: 1 },
  [JAX_ONE]: { script: 'purejaxrl_training.py', threads: 1 },
  [JAX]: { script: 'purejaxrl_training.py' },
}

/** Steps of one round: a few seconds of each program, and as long as the start of our second thread does not count. What is missing does not run. */
const STEPS: Readonly<Record<Setting, Readonly<Record<string, number>>>> = {
  cleanrl: { ours: 500_000, [SB3]: 32_768, [CLEANRL]: 20_480, [JAX_ONE]: 500_000, [JAX]: 500_000 },
  sb3: { ours: 200_704, [SB3]: 10_240, [CLEANRL]: 10_240, [JAX_ONE]: 98_304, [JAX]: 98_304 },
  large: { ours: 499_712, [SB3]: 98_304, [CLEANRL]: 98_304, [JAX_ONE]: 499_712, [JAX]: 499_712 },
  a2c: { ours: 500_000, [SB3]: 24_000 },
}

/** What the project has promised: times as fast as whom, on one core and on two. */
const TARGETS: Readonly<Record<Setting, Readonly<Record<string, readonly [one: number | null, two: number | null]>>>> = {
  cleanrl: { [SB3]: [22, 35], [CLEANRL]: [22, null], [JAX_ONE]: [0.95, null], [JAX]: [null, 1.5] },
  sb3: { [SB3]: [30, 45], [CLEANRL]: [null, null], [JAX_ONE]: [1.2, null], [JAX]: [null, 1.8] },
  large: { [SB3]: [null, 6], [CLEANRL]: [null, null], [JAX_ONE]: [null, null], [JAX]: [null, 1.4] },
  a2c: { [SB3]: [30, null] },
}

export const peersTraining: BenchEntry = {
  name: 'peers-training',
  what: "whole trainings of CartPole at CleanRL's settings, SB3's, large batches and A2C, against SB3, CleanRL- and PureJaxRL-style programs",

  async run(_, peers) {
    const notes = [...ONE_THREAD]
    const timings: Timing[] = []
    const numbers: BenchNumber[] = []
    const programs = await peers.start(PROGRAMS, notes)
    try {
      for (const setting of Object.keys(SETTINGS) as Setting[]) {
        const ours = await startOurs('training.ts')
        try {
          const seen: Seen = new Map()
          const variants = await able(variantsOf(setting, ours, programs, seen), notes)
          const found = await measure(variants as Record<string, Elsewhere>, { rounds: 3 })
          timings.push(...found.map((timing) => ({ ...timing, variant: `${setting}: ${timing.variant}` })))
          numbers.push(...ratios(setting, found))
          notes.push(...[...seen].map(([name, text]) => `${setting}: ${name}: ${text}`))
        } finally {
          await ours.close()
        }
      }
    } finally {
      await Promise.all(Object.values(programs).map((program) => program?.close()))
    }
    return { unit: 'environment step', timings, numbers, notes }
  },
}

/** What each program said of its last training. */
type Seen = Map<string, string>

function variantsOf(setting: Setting, ours: Program, programs: Partial<Record<string, Program>>, seen: Seen): Record<string, Elsewhere> {
  const variants: Record<string, Elsewhere> = {}
  const add = (name: string, program: Program, steps: number, more: { threads?: 1 | 'auto' } = {}) => {
    const { ask, warmUp } = asking(program, { ...SETTINGS[setting], steps, ...more }, { prepare: true })
    const listening = async (ms: number) => {
      const times = await ask(ms)
      const { meanReturn, peakMiB, steps } = times as unknown as { meanReturn: number | null; peakMiB: number; steps: number }
      seen.set(name, `mean return ${meanReturn?.toFixed(0) ?? '–'} after ${steps} steps, resident at most ${peakMiB.toFixed(0)} MiB`)
      return times
    }
    variants[name] = { ask: listening, warmUp: warmUp! }
  }
  for (const [name, threads] of Object.entries(OUR_THREADS)) add(name, ours, STEPS[setting]['ours']!, { threads })
  for (const [name, program] of Object.entries(programs)) {
    const steps = STEPS[setting][name]
    if (program !== undefined && steps !== undefined) add(name, program, steps)
  }
  return variants
}

function ratios(setting: Setting, found: readonly Timing[]): BenchNumber[] {
  const measured = (name: string) => found.some(({ variant }) => variant === name)
  return Object.entries(TARGETS[setting]).flatMap(([theirs, targets]) =>
    (['one', 'two'] as const).flatMap((cores, i): BenchNumber[] => {
      if (!measured(theirs) || !measured(OURS[cores])) return []
      const atLeast = targets[i]
      if (atLeast === null && (cores === 'two' || targets[1] !== null)) return [] // without a promise one number is enough
      const clock = cores === 'one' && theirs !== JAX ? 'cpu' : 'wall' // threads are for wall time
      return [
        {
          name: `${setting}: ${cores === 'one' ? 'one core' : 'two cores'} against ${theirs}`,
          unit: 'x',
          ...ratioOf(found, theirs, OURS[cores], clock),
          ...(atLeast != null && { target: { atLeast } }),
        },
      ]
    }),
  )
}
