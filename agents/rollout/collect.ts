/**
 * Runs the policy: T steps of N environments into one rollout. The environments go on where they stopped in the rollout before.
 *
 * An episode that was truncated is worth what would have followed: V of its final observation is taken at once and kept beside the reward.
 * Observers see each step as it happened and cannot change it. A number that is not finite stops the run here, before it can reach a
 * gradient or a running mean.
 */
import type { FinishedEpisode, VectorEnv, VectorStep } from '../../envs/vector/vector-env.js'
import type { Bundle } from '../../src/core/bundle.js'
import { RunError, UsageError } from '../../src/core/errors.js'
import type { Choice, Learner } from '../learners/learner.js'
import { actionMasks } from './action-masks.js'
import { type Acting, actionAdapter } from './actions.js'
import { rolloutBuffer, storeDecision, storeOutcome } from './buffer.js'
import { policyMemory } from './memory.js'
import type { Normalizer } from './normalizer.js'
import { observationEncoder } from './observations.js'
import type { Rollout } from './rollout.js'

/** One step of all environments. The arrays belong to others and are valid only during the call: copy what must last. */
export interface CollectedStep {
  /** 0 … T − 1 within the rollout. */
  readonly t: number
  /** [N, D] what the environments showed before the step, not encoded. */
  readonly observations: Float32Array
  /** V of the observations is known after the last step, with the rollout: `Rollout.values`. */
  readonly decision: Choice
  /** [N, A] the actions as sent to the environments. */
  readonly sent: Float32Array
  /** What came of it; its observations are already those to act on next. */
  readonly result: VectorStep
}

export interface CollectedEpisode extends FinishedEpisode {
  /** Environment steps of this rollout, over all environments, when the episode ended. */
  readonly step: number
}

export interface Collection {
  /** The collector's own, valid until it collects again. Advantages and returns are not filled yet. */
  readonly rollout: Rollout
  readonly episodes: readonly CollectedEpisode[]
}

export interface Collector {
  collect(onStep?: (step: CollectedStep) => void): Collection
  /** The observations to act on next; the environments are saved by who owns them. */
  save(): Bundle
  load(saved: Bundle): void
}

export interface CollectorOptions {
  readonly venv: VectorEnv
  readonly learner: Pick<Learner, 'act' | 'choose' | 'values' | 'stateSize'>
  /** What the learner sees of observations and rewards; the collector saves no part of it. Default: all of it as it is. */
  readonly normalizer?: Normalizer | undefined
  /** How the learner's choices become actions; its distribution must be made for it. Default: nothing special. */
  readonly acting?: Acting | undefined
  /** T */
  readonly steps: number
  /** Seeds the first reset, which happens at once: environment i gets seed + i. */
  readonly seed: number
}

/** @throws UsageError when the environments reset in a way that cannot be learnt from, or a space is not supported */
export function createCollector({ venv, learner, normalizer, acting, steps, seed }: CollectorOptions): Collector {
  if (venv.autoreset !== 'same-step') {
    throw new UsageError(
      `agents need environments that reset in the step that ends an episode: expected autoreset 'same-step', got '${venv.autoreset}'.`,
    )
  }
  const name = venv.spec?.id ?? 'environment'
  const count = venv.numEnvs
  const encoder = observationEncoder(venv.observationSpace)
  const actions = actionAdapter(venv.actionSpace, acting)
  const current = venv.reset({ seed }).slice()
  const masks = actionMasks(venv, actions, acting)
  const memory = policyMemory(learner, count)
  const buffer = rolloutBuffer(steps, count, encoder.size, actions.size, masks ? masks.current.length / count : 0, memory.size)
  checkFinite(name, 'observation', current, current.length / count, 'after reset')
  normalizer?.began(current)

  /** What the network reads of `rows`. */
  const shown = (rows: Float32Array, howMany: number): Float32Array => {
    const encoded = encoder.encode(rows, howMany)
    return normalizer ? normalizer.observations(encoded) : encoded
  }

  /** V of the final observations of episodes that were truncated in this step. */
  function bootstrap(t: number, { terminated, truncated, finalObservations }: VectorStep): void {
    const cut = truncatedOnly(terminated, truncated)
    if (cut.length === 0) return
    const width = finalObservations.length / count
    const rows = gatherRows(finalObservations, cut, width)
    checkFinite(name, 'final observation', rows, width, `at step ${t} of the rollout`, cut)
    const values = learner.values(shown(rows, cut.length), cut.length, memory.of(cut)) // after what was seen before the step
    cut.forEach((n, i) => {
      buffer.finalValues[t * count + n] = values[i]!
    })
  }

  /** Acts in step t and notes it; V too, where it is not left for the end. */
  function decide(t: number): Choice {
    const seen = shown(current, count)
    const decision = learner.choose?.(seen, count, 'sample', masks?.current) ?? actAndValue(t, seen)
    storeDecision(buffer, t, seen, decision, masks?.current)
    return decision
  }

  function actAndValue(t: number, seen: Float32Array): Choice {
    const decision = learner.act(seen, count, 'sample', masks?.current, memory.current)
    memory.acted(decision)
    buffer.values.set(decision.values, t * count)
    return decision
  }

  return {
    collect(onStep) {
      const episodes: CollectedEpisode[] = []
      if (memory.current) buffer.states?.set(memory.current)
      for (let t = 0; t < steps; t++) {
        const decision = decide(t)
        const sent = actions.toEnv(decision.actions, count)
        const result = venv.step(sent)
        checkFinite(name, 'reward', result.rewards, 1, `at step ${t} of the rollout`)
        checkFinite(name, 'observation', result.observations, current.length / count, `at step ${t} of the rollout`)
        storeOutcome(buffer, t, result, normalizer ? normalizer.stepped(result) : result.rewards)
        onStep?.({ t, observations: current, decision, sent, result })
        for (const episode of result.episodes) episodes.push({ ...episode, step: (t + 1) * count })
        bootstrap(t, result)
        memory.stepped(result)
        current.set(result.observations)
        masks?.read(result.infos, `at step ${t} of the rollout`)
      }
      if (learner.choose) buffer.values.set(learner.values(buffer.observations, steps * count))
      buffer.lastValues.set(learner.values(shown(current, count), count, memory.current))
      return { rollout: { ...buffer, episodeReturns: episodes.map((episode) => episode.return) }, episodes }
    },

    save: () => ({
      header: { kind: 'collector' },
      arrays: { observations: current.slice(), ...(masks && { masks: masks.current.slice() }), ...memory.save() },
    }),

    load({ arrays: { observations, masks: allowed, memory: remembered } }) {
      if (!(observations instanceof Float32Array) || observations.length !== current.length) {
        throw new RunError(`checkpoint: expected ${current.length} numbers of observations, got ${observations?.length ?? 'none'}`)
      }
      if (masks?.current.length !== allowed?.length) {
        throw new RunError(
          `checkpoint: expected ${masks?.current.length ?? 'no'} numbers of action masks, got ${allowed?.length ?? 'none'}; use the run's own setting of masks (auto or off)`,
        )
      }
      current.set(observations)
      if (masks && allowed) masks.current.set(allowed)
      memory.load(remembered)
    },
  }
}

function truncatedOnly(terminated: Uint8Array, truncated: Uint8Array): number[] {
  const found: number[] = []
  for (let n = 0; n < truncated.length; n++) if (truncated[n] === 1 && terminated[n] === 0) found.push(n)
  return found
}

function gatherRows(rows: Float32Array, which: readonly number[], width: number): Float32Array {
  const out = new Float32Array(which.length * width)
  which.forEach((row, i) => {
    out.set(rows.subarray(row * width, (row + 1) * width), i * width)
  })
  return out
}

/** @param envs which environment each row belongs to; by default row n to environment n */
function checkFinite(
  env: string,
  what: string,
  values: Float32Array | Float64Array,
  width: number,
  when: string,
  envs?: readonly number[],
): void {
  for (let i = 0; i < values.length; i++) {
    if (Number.isFinite(values[i])) continue
    const row = Math.floor(i / width)
    const place = width === 1 ? what : `${what}[${i % width}]`
    throw new RunError(
      `${env}: ${place} of environment ${envs?.[row] ?? row} is ${values[i]} ${when}; an environment must give finite numbers.`,
    )
  }
}
