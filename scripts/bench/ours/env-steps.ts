/** Steps of CartPole with random actions, in a program that imports environments alone: what `tau-rl/envs` gives to others. */
import { cartpole } from '../../../envs/classic-control/cartpole.js'
import { make, makeVec, spec } from '../../../envs/registry.js'
import { serial } from '../../../envs/vector/serial.js'
import { structOfArrays } from '../../../envs/vector/struct-of-arrays.js'
import type { VectorEnv } from '../../../envs/vector/vector-env.js'
import { randomActions } from '../random-actions.js'
import { repeated, serve } from './serve.js'

export interface EnvStepsRequest {
  readonly kind: 'bare' | 'arrays' | 'serial'
  readonly numEnvs: number
  /** Milliseconds to work, about. */
  readonly ms: number
}

const ID = 'CartPole-v1'
const STEPS = 200 // vector steps per call
const KINDS: Readonly<Record<EnvStepsRequest['kind'], (numEnvs: number) => VectorEnv>> = {
  bare: (numEnvs) => structOfArrays(cartpole(), { numEnvs, maxEpisodeSteps: spec(ID).maxEpisodeSteps }),
  arrays: (numEnvs) => makeVec(ID, { numEnvs }),
  serial: (numEnvs) => serial(() => make(ID), { numEnvs }),
}
const worlds = new Map<string, () => void>()

await serve(async ({ kind, numEnvs, ms }: EnvStepsRequest) => {
  const key = `${kind} ${numEnvs}`
  if (!worlds.has(key)) worlds.set(key, stepping(kind, numEnvs))
  return repeated(worlds.get(key)!, ms, STEPS * numEnvs)
})

function stepping(kind: EnvStepsRequest['kind'], numEnvs: number): () => void {
  const venv = KINDS[kind](numEnvs)
  venv.reset({ seed: 1 })
  const actions = randomActions(venv.actionSpace, STEPS, numEnvs)
  return () => actions.forEach((row) => void venv.step(row))
}
