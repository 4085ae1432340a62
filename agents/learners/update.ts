/**
 * One update: epochs over shuffled minibatches of a rollout, shared by all learners. A learner brings only the gradient of a minibatch, and
 * whatever it does faster than plain loops: its optimiser, its sums.
 *
 * Each minibatch step: gradient → clip → optimiser step. A gradient (or loss) that is not finite skips the step: weights, moments and the
 * clip's history stay as they are; too many in a row end the run. After the last step the clip hears how training goes, once per update.
 */
import { asPlan, type Clip, type ClipPlan } from '../../src/clip/clip.js'
import { type Bundle, bundlePart, joinBundles } from '../../src/core/bundle.js'
import type { OptimizerConfig } from '../../src/core/config/schema.js'
import { RunError } from '../../src/core/errors.js'
import type { Json } from '../../src/core/json.js'
import { stream } from '../../src/core/random.js'
import type { GroupArithmetic } from '../../src/optim/arithmetic.js'
import { clippedStep } from '../../src/optim/clipped-step.js'
import { createClipper } from '../../src/optim/clipper.js'
import type { ParameterLayout } from '../../src/optim/layout.js'
import { createOptimizer, type FlatOptimizer } from '../../src/optim/optimizer.js'
import { checkPatterns } from '../../src/optim/selection.js'
import type { LossReport } from '../losses/actor-critic-loss.js'
import { explainedVariance } from '../rollout/advantage.js'
import { gatherer, type Minibatch, minibatchBounds, shuffle } from '../rollout/minibatch.js'
import type { Rollout } from '../rollout/rollout.js'
import { type GradientMeter, gradientMeters } from './gradient-meter.js'
import type { Hyperparameters, UpdateReport } from './learner.js'

export interface UpdaterOptions {
  readonly layout: ParameterLayout
  /** Changed in place. */
  readonly parameters: Float32Array
  readonly optimizer: OptimizerConfig
  readonly clip: Clip | ClipPlan
  readonly seed: number
  readonly gradient: BatchGradient | RolloutGradient
  /** Steps `parameters` by the array of `gradient`. Default: the flat one that `optimizer` names. */
  readonly stepper?: FlatOptimizer | undefined
  /** For the array of `gradient`. Default: plain loops. */
  readonly arithmetic?: GroupArithmetic | undefined
  /** Lets others work between two epochs: a dashboard paints, a signal is heard. */
  readonly pause: () => Promise<void>
}

/** Writes the gradient of the loss of one minibatch, whose rows are gathered for it, flat as the parameters. */
export type BatchGradient = (batch: Minibatch, hyper: Hyperparameters, gradient: Float32Array) => LossReport | Promise<LossReport>

/** The same for who reads the rollout itself. */
export interface RolloutGradient {
  /** Flat as the parameters; written by `minibatch`, clipped in place by the updater. */
  readonly gradient: Float32Array
  /** Once per update. @returns as many numbers as the rollout has rows (or what it is cut into), which the updater fills and shuffles in place */
  begin(rollout: Rollout): Int32Array
  /** Where each minibatch begins among these numbers, and last how many they are. Default: they are rows (minibatchBounds). */
  bounds?(minibatchSize: number): readonly number[]
  /** The gradient of the loss over the rows that stand at `from` to `to` − 1 of what `begin` returned. */
  minibatch(from: number, to: number, hyper: Hyperparameters): LossReport | Promise<LossReport>
  /** Waits for what is still under way after a step; called before parameters and moments are read. Default: nothing is. */
  settle?(): void
}

export interface Updater {
  /** @returns everything but `std`, which is the policy's to know */
  update(rollout: Rollout, hyper: Hyperparameters): Promise<Omit<UpdateReport, 'std'>>
  save(): Bundle
  load(saved: Bundle): void
}

const LOOK_EVERY = 64 // steps; a look costs as much as one or two optimiser steps
const KL_SLACK = 1.5 // times the target KL, as Stable-Baselines3: the estimate is noisy

export function createUpdater(options: UpdaterOptions): Updater {
  const { layout, parameters, arithmetic } = options
  const optimizer = options.stepper ?? createOptimizer(options.optimizer, layout)
  const plan = asPlan(options.clip)
  checkPatterns(plan, layout)
  const clipper = createClipper(plan, layout, arithmetic)
  const takeStep = clippedStep(clipper, optimizer)
  const meterFor = gradientMeters(layout, plan, options.optimizer.epsilon, arithmetic)
  const random = stream(options.seed, 'shuffle')
  const source = typeof options.gradient === 'function' ? gathering(options.gradient, layout) : options.gradient
  const { gradient } = source
  let stepsTaken = 0
  let skipsInARow = 0

  /** Clips the gradient and lets the optimiser step. @returns null, or when the step was skipped: where a number was not finite */
  function step(loss: number, learningRate: number, meter: GradientMeter): string | null {
    if (!Number.isFinite(loss)) return firstNonFinite(gradient, layout) ?? 'loss'
    meter.before(gradient, parameters)
    const clip = takeStep(parameters, gradient, { step: stepsTaken, learningRate, loss })
    if (clip.skipped) return clip.nonFinite ?? 'gradient'
    if (meter.looks) source.settle?.()
    meter.after(gradient, clip, parameters, optimizer)
    stepsTaken++
    return null
  }

  return {
    async update(rollout, hyper) {
      const rows = source.begin(rollout)
      for (let i = 0; i < rows.length; i++) rows[i] = i
      const bounds = source.bounds?.(hyper.minibatchSize) ?? minibatchBounds(rows.length, hyper.minibatchSize)
      const meter = meterFor(isDue(stepsTaken, hyper.epochs * (bounds.length - 1)), hyper.inspect)
      const losses = lossMeter()
      let lastEpochKl = mean()
      let minibatchSteps = 0
      let skipped = 0
      let nonFinite: string | null = null
      let stoppedEarly = false

      for (let epoch = 0; epoch < hyper.epochs && !stoppedEarly; epoch++) {
        shuffle(rows, random)
        lastEpochKl = mean()
        for (let b = 0; b + 1 < bounds.length; b++) {
          const told = source.minibatch(bounds[b]!, bounds[b + 1]!, hyper)
          const report = told instanceof Promise ? await told : told // who need not wait does not
          if (hyper.targetKl !== null && report.approxKl > KL_SLACK * hyper.targetKl) {
            lastEpochKl.add(report.approxKl)
            stoppedEarly = true
            break
          }
          minibatchSteps++
          const refused = step(report.loss, hyper.learningRate, meter)
          if (refused !== null) {
            skipped++
            nonFinite ??= refused
            if (++skipsInARow >= options.optimizer.maxSkips) throw tooManySkips(skipsInARow, refused)
            continue
          }
          skipsInARow = 0
          losses.add(report)
          lastEpochKl.add(report.approxKl)
        }
        source.settle?.() // others may act now
        await options.pause()
      }

      const means = losses.means()
      const approxKl = lastEpochKl.value()
      for (const [name, value] of [
        ...(rollout.episodeReturns.length > 0 ? [['return', average(rollout.episodeReturns)] as const] : []),
        ['value-loss', means.valueLoss] as const,
        ['loss', means.loss] as const,
        ['kl', approxKl] as const,
      ]) {
        clipper.feedback({ name, value })
      }
      return {
        ...means,
        approxKl,
        minibatchSteps,
        skipped,
        nonFinite,
        stoppedEarly,
        explainedVariance: explainedVariance(rollout.values, rollout.returns),
        gradient: meter.report(parameters),
      }
    },

    save: () =>
      joinBundles({
        optimizer: optimizer.save(),
        state: { header: { stepsTaken, skipsInARow, clip: clipper.save(), shuffle: random.save() }, arrays: {} },
      }),

    load(saved) {
      const { header } = bundlePart(saved, 'state')
      const counter = (name: string): number => {
        const value = header[name]
        if (typeof value !== 'number') throw new RunError(`checkpoint: "${name}" of the learner is missing`)
        return value
      }
      optimizer.load(bundlePart(saved, 'optimizer'))
      clipper.load(header['clip'] as Json)
      random.load(header['shuffle'] as Json)
      stepsTaken = counter('stepsTaken')
      skipsInARow = counter('skipsInARow')
    },
  }
}

function gathering(compute: BatchGradient, { size }: ParameterLayout): RolloutGradient {
  const gather = gatherer()
  const gradient = new Float32Array(size)
  let rollout: Rollout
  let rows = new Int32Array(0)
  return {
    gradient,
    begin(of) {
      rollout = of
      if (rows.length !== of.steps * of.numEnvs) rows = new Int32Array(of.steps * of.numEnvs)
      return rows
    },
    minibatch: (from, to, hyper) => compute(gather(rollout, rows, from, to), hyper, gradient),
  }
}

/** Whether a closer look falls into the coming steps: one in each update, and where updates are of few steps, one in LOOK_EVERY steps. */
const isDue = (taken: number, coming: number): boolean => (LOOK_EVERY - (taken % LOOK_EVERY)) % LOOK_EVERY < coming

function tooManySkips(count: number, where: string): RunError {
  return new RunError(
    `update: the gradient was not finite ${count} times in a row (optimizer.maxSkips), last in "${where}". ` +
      `The weights are as they were before. Lower learn.learningRate, or look at the size of the environment's rewards.`,
  )
}

function firstNonFinite(gradient: Float32Array, layout: ParameterLayout): string | null {
  const at = gradient.findIndex((value) => !Number.isFinite(value))
  return layout.slots.find(({ offset, size }) => at >= offset && at < offset + size)?.name ?? null
}

function lossMeter() {
  const names = ['loss', 'policyLoss', 'valueLoss', 'entropy', 'clipFraction'] as const
  const meters = names.map(() => mean())
  return {
    add(report: LossReport): void {
      for (let i = 0; i < names.length; i++) meters[i]!.add(report[names[i]!])
    },
    means: () => Object.fromEntries(names.map((name, i) => [name, meters[i]!.value()])) as Record<(typeof names)[number], number>,
  }
}

/** NaN before the first number. */
function mean(): { add(value: number): void; value(): number } {
  let sum = 0
  let count = 0
  return {
    add(value) {
      sum += value
      count++
    },
    value: () => (count === 0 ? Number.NaN : sum / count),
  }
}

const average = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
