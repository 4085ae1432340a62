/** Everything about a run at one moment between two updates, so that it can go on bit for bit. */
import { type Bundle, bundlePart, joinBundles } from '../core/bundle.js'
import { RunError } from '../core/errors.js'
import type { Json } from '../core/json.js'
import type { RunParts } from './parts.js'

/** Counters of the loop. */
export interface RunProgress {
  /** Environment steps, over all environments. */
  step: number
  update: number
  /** Finished ones. */
  episodes: number
  minibatchSteps: number
  skipped: number
  /** Highest mean return of an evaluation; null before the first. */
  bestEvaluation: number | null
}

export const initialProgress = (): RunProgress => ({
  step: 0,
  update: 0,
  episodes: 0,
  minibatchSteps: 0,
  skipped: 0,
  bestEvaluation: null,
})

export function takeSnapshot({ agent, learner, recorder, window }: RunParts, progress: RunProgress): Bundle {
  const loop = { progress: { ...progress }, window: window.save(), recorder: recorder.save(), computed: computedBy(learner) }
  return joinBundles({ agent: agent.save(), loop: { header: loop, arrays: {} } })
}

/** @throws RunError when the snapshot is not one of such a run, or of another arithmetic: going on would not give the bits it would have had */
export function restoreSnapshot(snapshot: Bundle, { agent, learner, recorder, window }: RunParts): RunProgress {
  const { header } = bundlePart(snapshot, 'loop')
  refuseOther(header['computed'], computedBy(learner))
  agent.load(bundlePart(snapshot, 'agent'))
  window.load(header['window'] ?? null)
  recorder.load(header['recorder'] ?? null)
  return readProgress(header['progress'])
}

/** What decides about the last bits. */
const computedBy = ({ backend, kernels }: RunParts['learner']) => ({ backend, kernels: kernels ?? null })

function refuseOther(saved: Json | undefined, here: ReturnType<typeof computedBy>): void {
  const then = (saved ?? {}) as Partial<typeof here>
  if (then.backend === here.backend && (then.kernels ?? null) === here.kernels) return
  if (saved === undefined && here.backend !== 'fused') return // before there was a choice, TensorFlow.js computed
  const name = ({ backend, kernels }: Partial<typeof here>) => (kernels ? `${backend}, ${kernels} kernels` : (backend ?? 'TensorFlow.js'))
  const settings = `backend: ${then.backend ?? 'wasm'}${then.kernels ? ` and kernels: ${then.kernels}` : ''}`
  throw new RunError(
    `checkpoint: the run was computed by ${name(then)}, here it would go on by ${name(here)}, with other bits. ` +
      `Write ${settings} into the config.yaml of its folder, where this machine can run that.`,
  )
}

function readProgress(saved: Json | undefined): RunProgress {
  const { bestEvaluation = null, ...counters } = (saved ?? {}) as Readonly<Record<string, Json>>
  const count = (name: string): number => {
    const value = counters[name]
    if (!Number.isSafeInteger(value)) throw new RunError(`checkpoint: expected a whole number for "${name}", got ${JSON.stringify(value)}`)
    return value as number
  }
  return {
    step: count('step'),
    update: count('update'),
    episodes: count('episodes'),
    minibatchSteps: count('minibatchSteps'),
    skipped: count('skipped'),
    bestEvaluation: typeof bestEvaluation === 'number' ? bestEvaluation : null,
  }
}
