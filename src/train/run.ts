/**
 * The training loop: an async generator of RunEvent. It logs nothing and touches no file; whoever wants to see or keep something
 * consumes the events. Between two updates it looks at `control`, so that a run can be paused, or stopped and saved, from outside.
 */

import type { CollectedEpisode } from '../../agents/rollout/collect.js'
import { drawing } from '../../envs/canvas/canvas.js'
import type { Bundle } from '../core/bundle.js'
import type { RunConfig } from '../core/config/schema.js'
import type { CheckpointReady, EpisodeEnded, EvaluationDone, RunEvent, RunResult } from '../core/events.js'
import { evaluate, evaluationMetrics, evaluationSeed } from './evaluate.js'
import { layerElements } from './inspection.js'
import { updateMetrics } from './metrics.js'
import { assemble, makeEnvironments, type RunMeans, type RunParts } from './parts.js'
import { initialProgress, type RunProgress, restoreSnapshot, takeSnapshot } from './snapshot.js'
import type { EpisodeWindow } from './window.js'

/** How the outside steers a run; looked at between two updates. */
export interface RunControl {
  /** Finish the update at hand, save, and end. */
  stop: boolean
  /** Wait before the next update. */
  paused: boolean
}

export interface TrainOptions extends RunMeans {
  /** Seconds from any fixed moment, never going back. */
  readonly clock: () => number
  readonly control?: RunControl
  /** Asked after each update: whether to yield a drawing of environment 0. Default: never. */
  readonly wantsPreview?: () => boolean
  /** Go on from here, exactly as if the run had never stopped. */
  readonly resume?: Bundle
}

const PAUSE_POLL = 50 // ms between two looks at a paused control
const CHECKPOINTS = 10 // periodic ones in a whole run, where the configuration does not say

/**
 * Trains one agent.
 * @returns what `result.json` holds, also the last event
 * @throws UsageError before the first step when the configuration cannot be run; RunError when training fails
 */
export async function* train(config: RunConfig, options: TrainOptions): AsyncGenerator<RunEvent, RunResult> {
  return yield* trainParts(await assemble(config, options), config, options)
}

/** `train` with parts already assembled from the same configuration; disposes them at the end. */
export async function* trainParts(parts: RunParts, config: RunConfig, options: TrainOptions): AsyncGenerator<RunEvent, RunResult> {
  try {
    return yield* loop(parts, config, options)
  } catch (error) {
    try {
      parts.dispose()
    } catch {
      // what ended the run says more than what its end met
    }
    throw error
  } finally {
    parts.dispose()
  }
}

async function* loop(parts: RunParts, config: RunConfig, options: TrainOptions): AsyncGenerator<RunEvent, RunResult> {
  const { agent, venv, recorder, window } = parts
  const { clock, control } = options
  const progress = options.resume ? restoreSnapshot(options.resume, parts) : initialProgress()
  if (!options.resume) recorder.begin()
  const lastStep = Math.min(config.totalSteps, config.stopAt ?? Number.POSITIVE_INFINITY)
  const checkpointEvery = config.checkpointEvery ?? Math.ceil(config.totalSteps / CHECKPOINTS)
  const startedAt = clock()
  const startStep = progress.step
  const rate = () => (clock() > startedAt ? (progress.step - startStep) / (clock() - startedAt) : 0)
  let status: RunResult['status'] = 'done'
  yield { kind: 'run-started', step: progress.step, ...parts.started }

  while (progress.step < lastStep) {
    while (control?.paused && !control.stop) await sleep(PAUSE_POLL)
    if (control?.stop) {
      status = 'interrupted'
      break
    }

    parts.inspection.wanted = config.histograms && progress.update % config.histogramsEvery === 0
    const began = clock()
    let collected = began
    const iteration = await agent.iterate(progress.step / config.totalSteps, recorder.watch, ({ values }) => {
      recorder.valued(values)
      collected = clock()
    })

    for (const episode of iteration.episodes) yield episodeEnded(episode, progress, window)
    for (const recording of recorder.take()) yield { kind: 'recording', step: progress.step, reason: 'every', recording }
    progress.step += iteration.steps
    progress.update += 1
    progress.minibatchSteps += iteration.report.minibatchSteps
    progress.skipped += iteration.report.skipped

    const { nonFinite, skipped } = iteration.report
    if (nonFinite)
      yield {
        kind: 'warning',
        step: progress.step,
        message: `${skipped} minibatch steps skipped: the gradient of ${nonFinite} was not finite`,
      }
    const timing = { elapsed: clock() - startedAt, rollout: collected - began, update: clock() - collected, fps: rate() }
    const averages = { meanReturn: window.meanReturn(), meanLength: window.meanLength() }
    const metrics = updateMetrics({ ...progress, ...averages }, timing, iteration.report, iteration.hyper, parts.memory())
    const { elements } = iteration.report.gradient
    const histograms = elements && { histograms: layerElements(parts.learner.layout, elements) }
    yield { kind: 'update', step: progress.step, update: progress.update, metrics, ...histograms }
    if (venv.draw && options.wantsPreview?.())
      yield { kind: 'preview', step: progress.step, drawing: drawing((canvas) => venv.draw?.(0, canvas)) }

    if (due(config.evaluation.every, progress.step, iteration.steps)) {
      const evaluation = evaluationDone(parts, config, progress)
      yield evaluation
      if (improved(evaluation, progress)) yield checkpoint('best', parts, progress)
    }
    if (due(checkpointEvery, progress.step, iteration.steps)) yield checkpoint('periodic', parts, progress)
    if (config.stopReturn !== null && window.full && averages.meanReturn! >= config.stopReturn) {
      status = 'solved'
      break
    }
  }

  const last = recorder.last()
  if (last) yield { kind: 'recording', step: progress.step, reason: 'last', recording: last }
  const evaluation = status === 'interrupted' ? null : evaluationDone(parts, config, progress)
  if (evaluation) {
    yield evaluation
    if (improved(evaluation, progress)) yield checkpoint('best', parts, progress)
  }
  yield checkpoint(status === 'interrupted' ? 'interrupted' : 'final', parts, progress)
  const result: RunResult = {
    status,
    steps: progress.step,
    updates: progress.update,
    episodes: progress.episodes,
    seconds: clock() - startedAt,
    stepsPerSecond: rate() || null,
    meanReturn100: window.meanReturn(),
    evalReturnMean: evaluation?.metrics['eval/mean_reward'] ?? null,
    evalReturnStd: evaluation?.metrics['eval/std_reward'] ?? null,
    backend: parts.started.backend,
    clip: parts.started.clip,
    seed: config.seed,
  }
  yield { kind: 'run-ended', step: progress.step, result }
  return result
}

/** Whether a multiple of `every` was passed in the last `steps` steps. */
function due(every: number, step: number, steps: number): boolean {
  return every > 0 && Math.floor(step / every) > Math.floor((step - steps) / every)
}

function episodeEnded(episode: CollectedEpisode, progress: RunProgress, window: EpisodeWindow): EpisodeEnded {
  progress.episodes += 1
  window.add(episode.return, episode.length)
  return {
    kind: 'episode',
    step: progress.step + episode.step,
    episode: progress.episodes,
    env: episode.env,
    return: episode.return,
    length: episode.length,
    end: episode.terminated ? 'terminated' : 'truncated',
  }
}

function evaluationDone({ policy }: RunParts, config: RunConfig, progress: RunProgress): EvaluationDone {
  const venv = makeEnvironments(config, config.evaluation.episodes)
  const evaluation = evaluate(policy, venv, evaluationSeed(config.seed))
  venv.close()
  return { kind: 'evaluation', step: progress.step, ...evaluation, metrics: evaluationMetrics(evaluation) }
}

/** Whether this is the best evaluation so far; notes it. */
function improved({ metrics }: EvaluationDone, progress: RunProgress): boolean {
  const mean = metrics['eval/mean_reward'] ?? Number.NEGATIVE_INFINITY
  if (progress.bestEvaluation !== null && mean <= progress.bestEvaluation) return false
  progress.bestEvaluation = mean
  return true
}

function checkpoint(reason: CheckpointReady['reason'], parts: RunParts, progress: RunProgress): CheckpointReady {
  return { kind: 'checkpoint', step: progress.step, update: progress.update, reason, snapshot: takeSnapshot(parts, progress) }
}

const sleep = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds))
