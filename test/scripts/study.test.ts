import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { makeVec } from '../../envs/registry.js'
import type { VectorEnv } from '../../envs/vector/vector-env.js'
import { effects } from '../../scripts/study/effects.js'
import {
  blocks,
  combinations,
  crossedClip,
  FACTORS,
  JOINT,
  SETTINGS,
  settingNamed,
  TABLES,
  type Table,
  TWIN,
  trialKey,
} from '../../scripts/study/plan.js'
import { said, studyMarkdown } from '../../scripts/study/report.js'
import { runLines, runsFromCsv, runsToCsv } from '../../scripts/study/results.js'
import { runTrial, trialConfig } from '../../scripts/study/trial.js'
import { PLAIN, SPIKES, scaled, spikedReward, type World, worldAround } from '../../scripts/study/worlds.js'
import { type RunRow, summarise } from '../../src/compare/summary.js'
import { stream } from '../../src/core/random.js'
import { refuseUnrunnable } from '../../src/train/parts.js'

const FIXTURE = fileURLToPath(new URL('../fixtures/study-runs.csv', import.meta.url))
const bootstrap = { repetitions: 500 }

describe('worlds', () => {
  const cartpoles = (world: World, seed: number): VectorEnv => worldAround(world, seed)(makeVec('CartPole-v1', { numEnvs: 4 }))

  /** Rewards and the returns of episodes of some steps with the same actions. */
  function course(venv: VectorEnv, steps: number) {
    const actions = stream(1, 'actions')
    const rewards: number[] = []
    const returns: number[] = []
    for (let i = 0; i < steps; i++) {
      const step = venv.step(Array.from({ length: 4 }, () => actions.below(2)))
      rewards.push(...step.rewards)
      returns.push(...step.episodes.map((episode) => episode.return))
    }
    return { rewards, returns }
  }
  const fresh = (world: World, seed: number, steps: number) => {
    const venv = cartpoles(world, seed)
    venv.reset({ seed: 7 })
    return course(venv, steps)
  }

  test('whatever is done to rewards, episodes keep their true returns', () => {
    const { returns } = fresh(PLAIN, 1, 200)
    expect(returns.length).toBeGreaterThan(10)
    for (const world of [scaled(10), scaled(100), SPIKES]) expect(fresh(world, 1, 200).returns).toEqual(returns)
  })

  test('a factor multiplies every reward', () => {
    expect(new Set(fresh(scaled(100), 1, 50).rewards)).toEqual(new Set([100]))
  })

  test('spikes are decided by the seed alone, and as rare as said', () => {
    const { rewards } = fresh(SPIKES, 1, 5000)
    expect(fresh(SPIKES, 1, 5000).rewards).toEqual(rewards)
    expect(fresh(SPIKES, 2, 5000).rewards).not.toEqual(rewards)
    expect(new Set(rewards)).toEqual(new Set([1, 100]))
    const spikes = rewards.filter((reward) => reward === 100).length
    expect(spikes).toBeGreaterThan(20) // of 20,000 rewards: 40 ± 6.3
    expect(spikes).toBeLessThan(60)
  })

  test('spikes go on from a saved state, and refuse the state of another wrapper', () => {
    const world = { factor: 100, chance: 0.2 }
    const one = cartpoles(world, 1)
    one.reset({ seed: 7 })
    course(one, 20)
    const saved = JSON.parse(JSON.stringify(one.save()))
    const other = spikedReward(makeVec('CartPole-v1', { numEnvs: 4 }), world, stream(99, 'elsewhere'))
    other.load(saved)
    expect(course(other, 50)).toEqual(course(one, 50))
    expect(() => other.load(cartpoles(scaled(10), 1).save())).toThrow('SpikedReward')
  })
})

describe('the plan', () => {
  const seeds = [101, 102]

  test('every table has its settings, its baselines, the A/A pair, and no clip twice', () => {
    for (const { settings, clips, baselines } of TABLES) {
      for (const name of settings) expect(settingNamed(name).name).toBe(name)
      expect(new Set(clips).size).toBe(clips.length)
      expect(clips).toEqual(expect.arrayContaining([...baselines, JOINT, TWIN]))
    }
    expect(() => settingNamed('Cartpole')).toThrow('there is no setting "Cartpole"')
  })

  test('every run can be made', () => {
    for (const clip of new Set(TABLES.flatMap(({ clips }) => clips))) refuseUnrunnable(trialConfig({ setting: 'CartPole', clip, seed: 1 }))
    for (const { name, steps } of SETTINGS) {
      const config = trialConfig({ setting: name, clip: JOINT, seed: 1 })
      refuseUnrunnable(config)
      expect(config).toMatchObject({ totalSteps: steps, clip: { name: 'global-norm' } })
    }
  })

  test('no run twice, and all of them: each table finds its rows', () => {
    const trials = blocks(TABLES, seeds).flatMap((block) => block.trials.map(trialKey))
    expect(new Set(trials).size).toBe(trials.length)
    const wanted = TABLES.flatMap(({ settings, clips }) =>
      settings.flatMap((setting) => clips.flatMap((clip) => seeds.map((seed) => trialKey({ setting, clip, seed })))),
    )
    expect(new Set(trials)).toEqual(new Set(wanted))
  })

  test('crossing takes every combination once', () => {
    expect(combinations({ a: ['1', '2'], b: ['x', 'y'] })).toEqual([
      ['1', 'x'],
      ['1', 'y'],
      ['2', 'x'],
      ['2', 'y'],
    ])
    expect(new Set(combinations(FACTORS).map(crossedClip)).size).toBe(36)
  })
})

describe('a trial', () => {
  test('is decided by setting, clip and seed, and judged by the true return', async () => {
    const trial = { setting: 'CartPole ×100', clip: JOINT, seed: 101 }
    const one = await runTrial(trial, () => 0, 512)
    expect(await runTrial(trial, () => 0, 512)).toEqual(one)
    expect(one).toMatchObject({ env: 'CartPole ×100', clip: JOINT, seed: 101, failure: null, measures: { steps: 512, skipped: 0 } })
    expect(one.measures!.finalReturn).toBeLessThan(200) // two updates: still near the 22 of chance, and not 100 times that
  })
})

describe('results', () => {
  const number = fc
    .oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer())
    .map((value) => Number(value.toPrecision(6)) + 0)
  const orNull = fc.option(number, { nil: null })
  const measures = fc.record({
    finalReturn: orNull,
    area: orNull,
    lateDip: orNull,
    clipRate: orNull,
    finalTau: orNull,
    skipped: fc.nat(9),
    steps: fc.nat(99_999),
    episodes: fc.nat(999),
    seconds: number,
    stepsToThreshold: fc.constant(null),
    evaluation: fc.constant(null),
  })
  const row = fc
    .record({ env: fc.constantFrom('CartPole', 'A2C "quoted", ×10'), clip: fc.constantFrom('none', 'a:b=1,c=2'), seed: fc.nat(), measures })
    .map((run): RunRow => ({ ...run, name: trialKey({ setting: run.env, clip: run.clip, seed: run.seed }), failure: null, lastWords: [] }))

  test('come back from their file', () => {
    fc.assert(
      fc.property(fc.array(row), (runs) => {
        expect(runsFromCsv(runsToCsv(runs))).toEqual(runs)
      }),
    )
  })

  test('a failure keeps its reason, on one line', () => {
    const failed: RunRow = { ...done('none', 1, 0), measures: null, failure: 'update: "x",\n  not finite' }
    expect(runsFromCsv(runsToCsv([failed]))).toEqual([{ ...failed, failure: 'update: "x", not finite' }])
  })

  test('lines add up to the file, and one that was cut off is no run', () => {
    const runs = [done('none', 1, 10), done('none', 2, 20)]
    const text = runsToCsv([]) + runLines(runs.slice(0, 1)) + runLines(runs.slice(1))
    expect(text).toBe(runsToCsv(runs))
    expect(runsFromCsv(text.slice(0, -3))).toEqual(runs.slice(0, 1))
  })
})

describe('effects', () => {
  const factors = { leak: ['leak=0.1', 'leak=0'], norms: ['per=network', 'per=model'] }

  test('one choice, averaged over the others, seed by seed', () => {
    // Without the leak 4 less, per model 1 more, and both together 2 more on top.
    const score = (levels: readonly string[], seed: number) =>
      100 * seed -
      (levels.includes('leak=0') ? 4 : 0) +
      (levels.includes('per=model') ? 1 : 0) +
      (levels.length === 2 && levels[0] === 'leak=0' && levels[1] === 'per=model' ? 2 : 0)
    const runs = [1, 2, 3].flatMap((seed) => combinations(factors).map((levels) => done(crossedClip(levels), seed, score(levels, seed))))
    const found = effects(runs, factors, crossedClip, 'finalReturn', bootstrap)
    expect(found.map(({ level, paired }) => [level, paired.mean, paired.pairs])).toEqual([
      ['leak=0', -3, 3], // (−4 + (−4 + 2)) / 2
      ['per=model', 2, 3], // (1 + (1 + 2)) / 2
    ])
    expect(found[0]).toMatchObject({ factor: 'leak', reference: 'leak=0.1', paired: { p: 0.25 }, adjustedP: 0.5 }) // 3 pairs: 2 / 2³, twice by Holm
  })

  test('a seed without all combinations does not count', () => {
    const runs = [1, 2].flatMap((seed) => combinations(factors).map((levels) => done(crossedClip(levels), seed, seed)))
    expect(effects(runs.slice(0, -1), factors, crossedClip, 'area', bootstrap)[0]!.paired.pairs).toBe(1)
    expect(effects(runs.slice(0, 3), factors, crossedClip, 'area', bootstrap)).toEqual([])
  })
})

describe('the report', () => {
  const table: Table = { name: 'toy', title: 'Toy', settings: ['CartPole'], clips: [JOINT, TWIN, 'good'], baselines: [JOINT] }
  const seeds = Array.from({ length: 8 }, (_, i) => i + 1)
  const runs = seeds.flatMap((seed) => [
    done(JOINT, seed, 100 * seed),
    done(TWIN, seed, 100 * seed + (seed % 2 ? 1 : -1)),
    done('good', seed, 100 * seed + 20 + seed),
  ])

  test('claims what the seeds carry, and of the rest says how much could hide', () => {
    const lines = said(summarise(runs, { baseline: JOINT, measures: ['finalReturn', 'area', 'lateDip'], bootstrap }), 'CartPole')
    expect(lines[0]).toMatch(
      /^- final: shown better `good` \(\+24\.50\); not shown for the other 1 \(intervals of ± .+ could not be seen\)\.$/,
    )
    expect(lines.at(-1)).toMatch(/^- A\/A pair `global-norm:tau=0\.505`: final 0 \[/)
  })

  test('too few pairs are said to be too few', () => {
    const few = summarise(runs.slice(0, 12), { baseline: JOINT, measures: ['finalReturn', 'area', 'lateDip'], bootstrap })
    expect(said(few, 'CartPole').at(-1)).toBe('- 4 pairs and 2 rules: nothing can be shown here, whatever the returns; it takes 7 pairs.')
  })

  test('a failed run takes the verdict from its rule', () => {
    const broken = runs.map(
      (run): RunRow => (run.clip === 'good' && run.seed === 3 ? { ...run, measures: null, failure: 'not finite' } : run),
    )
    const lines = said(summarise(broken, { baseline: JOINT, measures: ['finalReturn', 'area', 'lateDip'], bootstrap }), 'CartPole')
    expect(lines.join('\n')).not.toContain('shown better')
    expect(lines.at(-1)).toBe('- Failed: `good` 1 of 8.')
  })

  test('a starred twin warns of the table; an interval of it that leaves out 0 warns of intervals', () => {
    const twinned = (bonus: (seed: number) => number, baseline = JOINT) => {
      const all = runs.map((run): RunRow => (run.clip === TWIN ? done(TWIN, run.seed, 100 * run.seed + bonus(run.seed)) : run))
      return said(summarise(all, { baseline, measures: ['finalReturn'], bootstrap }), 'CartPole').join('\n')
    }
    expect(twinned(() => 1)).toContain('starred itself, for final')
    const often = twinned((seed) => (seed <= 2 ? -0.6 : 1)) // sums of 4.8 and more: 10 of 128 patterns, p = 0.078
    expect(often).toContain('leaves out 0 without a star')
    expect(often).not.toContain('starred itself')
    expect(twinned(() => 1, 'good')).not.toContain('A/A') // no twin of that baseline
  })

  test('a block that is not whole does not count', () => {
    const report = studyMarkdown(runs.slice(0, -1), [table], { bootstrap })
    expect(report).toContain('21 runs')
    expect(report).toContain('| `good` | 7 |')
  })

  test('from the file alone, the same every time', { timeout: 60_000 }, () => {
    const folder = mkdtempSync(join(tmpdir(), 'study-'))
    try {
      copyFileSync(FIXTURE, join(folder, 'clip-rules.csv'))
      const command = fileURLToPath(new URL('../../scripts/study/study.ts', import.meta.url))
      execFileSync(process.execPath, ['--import', 'tsx', command, '--tables', '--out', folder], { stdio: 'pipe' })
      const written = readFileSync(join(folder, 'clip-rules.md'), 'utf8')
      expect(written).toBe(studyMarkdown(runsFromCsv(readFileSync(FIXTURE, 'utf8')), TABLES, { bootstrap: { repetitions: 10_000 } }))
      expect(written).toContain('| Rules, against `global-norm` |')
      expect(written).toContain('## Forms of loss feedback: A2C CartPole')
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})

/** A finished run of which every measure is `score`. */
function done(clip: string, seed: number, score: number): RunRow {
  const numbers = {
    finalReturn: score,
    area: score,
    lateDip: score,
    evaluation: null,
    stepsToThreshold: null,
    clipRate: 0.5,
    finalTau: 0.5,
  }
  return {
    name: trialKey({ setting: 'CartPole', clip, seed }),
    env: 'CartPole',
    clip,
    seed,
    measures: { ...numbers, skipped: 0, steps: 1000, episodes: 100, seconds: 1 },
    failure: null,
    lastWords: [],
  }
}
