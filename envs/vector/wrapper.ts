/**
 * The base of every wrapper of a vector environment: it passes everything on, with some of it changed, and allocates nothing per step.
 * A wrapper saves as `{ wrapper: name, venv: <what is inside>, … }`. `saveOne` goes straight through: it is the state of the bare environment,
 * so that a recording made here replays without the wrapper.
 */
import { EnvError } from '../errors.js'
import type { Json } from '../json.js'
import { type JsonObject, savedObject } from '../saved.js'
import type { Space } from '../spaces/space.js'
import { actionCheck } from './boundary.js'
import type { VectorEnv, VectorStep } from './vector-env.js'

/** `venv` with `changes`; whatever is not changed goes straight through. */
export function wrappedVector(venv: VectorEnv, changes: Partial<VectorEnv>): VectorEnv {
  const { draw, infos } = venv
  return {
    numEnvs: venv.numEnvs,
    observationSpace: venv.observationSpace,
    actionSpace: venv.actionSpace,
    autoreset: venv.autoreset,
    spec: venv.spec,
    reset: (options) => venv.reset(options),
    step: (actions) => venv.step(actions),
    ...(draw && { draw: (index, canvas) => draw.call(venv, index, canvas) }),
    ...(infos && { infos: () => infos.call(venv) }),
    saveOne: (index) => venv.saveOne(index),
    save: () => venv.save(),
    load: (saved) => venv.load(saved),
    close: () => venv.close(),
    ...changes,
  }
}

/** `save` and `load` of a wrapper that has nothing of its own to remember. */
export function statelessVector(name: string, venv: VectorEnv): Pick<VectorEnv, 'save' | 'load'> {
  return { save: () => ({ wrapper: name, venv: venv.save() }), load: (saved) => venv.load(savedVectorWrapper(name, saved).venv) }
}

/** What the wrapper `name` saved. @throws EnvError when it was saved by something else */
export function savedVectorWrapper(name: string, saved: Json): JsonObject & { readonly venv: Json } {
  const object = savedObject(`${name}.load`, saved)
  if (object['wrapper'] !== name || object['venv'] === undefined) {
    const got = typeof object['wrapper'] === 'string' ? object['wrapper'] : 'a vector environment without this wrapper'
    throw new EnvError(`${name}.load: the saved state is of ${got}; make the environments as they were made when they were saved`)
  }
  return object as JsonObject & { readonly venv: Json }
}

/**
 * Steps of the wrapper made of steps from inside, with some arrays in place of theirs. What is inside returns the same object every time, so
 * this is built once.
 */
export function stepWith(changes: Partial<VectorStep>): (from: VectorStep) => VectorStep {
  let inner: VectorStep | null = null
  let step: VectorStep | null = null
  return (from) => {
    if (from !== inner || step === null) {
      inner = from
      step = withChanges(from, changes)
    }
    return step
  }
}

/** Apart from `stepWith`, because getters that keep `from` would make every call there allocate a place for it. */
function withChanges(from: VectorStep, changes: Partial<VectorStep>): VectorStep {
  const step: VectorStep = {
    observations: from.observations,
    rewards: from.rewards,
    terminated: from.terminated,
    truncated: from.truncated,
    finalObservations: from.finalObservations,
    get episodes() {
      return from.episodes
    },
    get infos() {
      return from.infos
    },
  }
  for (const [field, value] of Object.entries(changes)) Object.defineProperty(step, field, { value, enumerable: true })
  return step
}

export interface ObservationRows {
  readonly observationSpace: Space
  /** Sees the raw rows [N, D] before any of them is written; `picked` [N] has 1 where they are new, undefined: all are. */
  seen?(rows: Float32Array, picked: Uint8Array | undefined): void
  /** Writes what becomes of the row `from[at … )` to `out[outAt … )`. */
  write(from: Float32Array, at: number, out: Float32Array, outAt: number): void
}

/** `reset` and `step` that show every observation changed. Rows that a reset by mask leaves alone stay as they were shown. */
export function observingRows(
  venv: VectorEnv,
  { observationSpace, seen, write }: ObservationRows,
): Pick<VectorEnv, 'observationSpace' | 'reset' | 'step'> {
  const { numEnvs } = venv
  const from = venv.observationSpace.size
  const to = observationSpace.size
  const observations = new Float32Array(numEnvs * to)
  const finalObservations = new Float32Array(numEnvs * to)
  const picked = new Uint8Array(numEnvs)
  const told = stepWith({ observations, finalObservations })
  return {
    observationSpace,
    reset: (options = {}) => {
      const raw = venv.reset(options)
      const { mask } = options
      for (let i = 0; i < numEnvs; i++) picked[i] = mask === undefined || mask[i] ? 1 : 0
      seen?.(raw, mask && picked)
      for (let i = 0; i < numEnvs; i++) if (picked[i] === 1) write(raw, i * from, observations, i * to)
      return observations
    },
    step: (actions) => {
      const step = venv.step(actions)
      seen?.(step.observations, undefined)
      for (let i = 0; i < numEnvs; i++) {
        write(step.observations, i * from, observations, i * to)
        if (step.terminated[i] === 1 || step.truncated[i] === 1) write(step.finalObservations, i * from, finalObservations, i * to)
      }
      return told(step)
    },
  }
}

/** `step` that changes every action on its way in. @param out [N, A] holds what goes to the environments */
export function actingRows(
  name: string,
  venv: VectorEnv,
  actionSpace: Space,
  out: { readonly length: number; [index: number]: number },
  write: (actions: ArrayLike<number>, at: number, out: { [index: number]: number }, outAt: number) => void,
): Pick<VectorEnv, 'actionSpace' | 'step'> {
  const check = actionCheck(`${venv.spec?.id ?? 'environment'}, ${name}`, actionSpace, venv.numEnvs)
  const from = actionSpace.size
  const to = venv.actionSpace.size
  return {
    actionSpace,
    step: (actions) => {
      check(actions)
      for (let i = 0; i < venv.numEnvs; i++) write(actions, i * from, out, i * to)
      return venv.step(out)
    },
  }
}

/** `step` that changes every reward. */
export function rewardingRows(venv: VectorEnv, change: (reward: number) => number): Pick<VectorEnv, 'step'> {
  const rewards = new Float64Array(venv.numEnvs)
  const told = stepWith({ rewards })
  return {
    step: (actions) => {
      const step = venv.step(actions)
      for (let i = 0; i < rewards.length; i++) rewards[i] = change(step.rewards[i]!)
      return told(step)
    },
  }
}
