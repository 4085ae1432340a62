import { describe, expect, test } from 'vitest'
import { iqmOverTasks, meanOverTasks, medianOverTasks, optimalityGap, type TaskScores } from '../../../src/compare/statistics/aggregates.js'
import { bootstrapInterval } from '../../../src/compare/statistics/bootstrap.js'
import { mannWhitneyU, probabilityOfImprovement } from '../../../src/compare/statistics/improvement.js'
import { standardDeviation, trimmedMean } from '../../../src/compare/statistics/moments.js'
import { averageScoreProfile, performanceProfile } from '../../../src/compare/statistics/profile.js'
import { mannWhitneyTest, welchTest } from '../../../src/compare/statistics/two-sample.js'
import { stream } from '../../../src/core/random.js'
import { fixture } from '../../support/fixtures.js'

type Case = ReturnType<typeof fixture>
const cases = (kind: string): Case[] => fixture('stats').cases.filter((c: Case) => c.kind === kind)
const random = (seed = 1) => stream(seed, 'test')

/** The fixtures hold [runs][tasks]; here a task has a list of runs. */
const byTask = (scores: readonly (readonly number[])[]): number[][] => scores[0]!.map((_, task) => scores.map((run) => run[task]!))

const AGGREGATES: Readonly<Record<string, (tasks: TaskScores) => number>> = {
  median: medianOverTasks,
  iqm: iqmOverTasks,
  mean: meanOverTasks,
  optimality_gap: (tasks) => optimalityGap(tasks),
}

describe('statistics equal rliable, arch and scipy', () => {
  test('trimmed mean, as scipy cuts', () => {
    for (const { x, proportiontocut, out } of cases('trim_mean'))
      expect([trimmedMean(x, proportiontocut)]).toBeAllClose([out], 1e-12, 1e-15)
  })

  test('aggregates over runs and tasks', () => {
    for (const c of cases('aggregate')) {
      for (const [name, aggregate] of Object.entries(AGGREGATES)) {
        expect([aggregate(byTask(c.scores))], `${name} of ${c.runs} x ${c.tasks}`).toBeAllClose([c.out[name]], 1e-12, 1e-14)
      }
      expect([optimalityGap(byTask(c.scores), 0.5)]).toBeAllClose([c['optimality_gap_gamma_0.5']], 1e-12, 1e-14)
    }
  })

  test('bootstrap intervals, within what another random generator may differ', () => {
    for (const c of cases('bootstrap_ci')) {
      for (const [name, aggregate] of Object.entries(AGGREGATES)) {
        const options = { repetitions: c.reps, level: c.size }
        const { low, high } = bootstrapInterval(byTask(c.scores), aggregate, random(), options)
        const slack = 0.002 * (c.ci_high[name] - c.ci_low[name])
        const allowed = (seedSd: number) => 5 * seedSd * Math.sqrt(1 + 1 / 8) + slack
        expect(Math.abs(low - c.ci_low[name]), `${name}, low`).toBeLessThanOrEqual(allowed(c.seed_sd_low[name]))
        expect(Math.abs(high - c.ci_high[name]), `${name}, high`).toBeLessThanOrEqual(allowed(c.seed_sd_high[name]))
      }
    }
  })

  test('probability of improvement', () => {
    for (const { x, y, out } of cases('probability_of_improvement')) {
      expect([probabilityOfImprovement(byTask(x), byTask(y))]).toBeAllClose([out], 1e-12)
    }
  })

  test('probability of improvement: interval with both sides resampled', () => {
    for (const c of cases('probability_of_improvement_ci')) {
      const x = byTask(c.x)
      const improvement = (strata: TaskScores) => probabilityOfImprovement(strata.slice(0, x.length), strata.slice(x.length))
      const strata = [...x, ...byTask(c.y)]
      expect([improvement(strata)]).toBeAllClose([c.point], 1e-12)
      const { low, high } = bootstrapInterval(strata, improvement, random(), { repetitions: c.reps })
      const slack = 0.002 * (c.ci_high - c.ci_low)
      expect(Math.abs(low - c.ci_low)).toBeLessThanOrEqual(5 * c.seed_sd_low * Math.sqrt(1 + 1 / 8) + slack)
      expect(Math.abs(high - c.ci_high)).toBeLessThanOrEqual(5 * c.seed_sd_high * Math.sqrt(1 + 1 / 8) + slack)
    }
  })

  test('performance profiles', () => {
    for (const c of cases('performance_profile')) {
      expect(performanceProfile(byTask(c.scores), c.tau)).toBeAllClose(c.score_distribution, 1e-12)
      expect(averageScoreProfile(byTask(c.scores), c.tau)).toBeAllClose(c.average_score_distribution, 1e-12)
    }
  })

  test('two-sample tests', () => {
    for (const { x, y, welch, mannwhitney, std_ddof1 } of cases('two_sample')) {
      const ours = welchTest(x, y)
      expect([ours.t, ours.df]).toBeAllClose([welch.t, welch.df], 1e-12)
      expect([ours.p]).toBeAllClose([welch.p], 1e-8)
      expect([mannWhitneyU(x, y)]).toBeAllClose([mannwhitney.U], 1e-12)
      expect([mannWhitneyTest(x, y).p]).toBeAllClose([mannwhitney.p_asymptotic], 1e-8)
      expect([standardDeviation(x), standardDeviation(y)]).toBeAllClose(std_ddof1, 1e-12)
    }
  })
})
