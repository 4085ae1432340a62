/**
 * Steps of all classic-control environments: vectors of 64, what they cost against CartPole, and single objects; with --python against
 * Gymnasium. The vectors are bare: like Gymnasium's they record nothing. All run in turns in one process, so the code that they share is
 * compiled for all of them, which is the hardest case for it.
 */
import type { Env, FunctionalEnv } from '../../../envs/core.js'
import { make } from '../../../envs/registry.js'
import { standard } from '../../../envs/standard.js'
import { structOfArrays } from '../../../envs/vector/struct-of-arrays.js'
import type { BenchEntry, BenchNumber } from '../entry.js'
import { type Elsewhere, measure, ratioOf, type Timing, type Work } from '../harness.js'
import { randomActions } from '../random-actions.js'

const IDS = ['CartPole-v1', 'MountainCar-v0', 'MountainCarContinuous-v0', 'Pendulum-v1', 'Acrobot-v1'] as const
const NUM_ENVS = 64
const STEPS = 200 // vector steps per call
const OPTIONS = { roundMs: 60 }

type Registered = { readonly functions: () => FunctionalEnv; readonly maxEpisodeSteps: number }

export const classicControl: BenchEntry = {
  name: 'classic-control',
  what: `classic control: vectors of ${NUM_ENVS} and single environments, against CartPole and Gymnasium`,

  async run(gymnasium) {
    const vectors: Record<string, Work | Elsewhere> = {}
    const singles: Record<string, Work | Elsewhere> = {}
    for (const id of IDS) {
      vectors[id] = vectorSteps(id)
      singles[`${id}, single`] = singleSteps(id)
      if (gymnasium === null) continue
      vectors[`${id}, SyncVectorEnv`] = gymnasium.steps('sync', id, NUM_ENVS)
      singles[`${id}, Gymnasium single`] = gymnasium.steps('single', id, 1)
    }
    const ofVectors = await measure(vectors, { ...OPTIONS, units: STEPS * NUM_ENVS })
    const ofSingles = await measure(singles, { ...OPTIONS, units: STEPS })

    const numbers: BenchNumber[] = []
    const perSecond = (timings: readonly Timing[], name: string, target: { readonly target?: BenchNumber['target'] } = {}) =>
      numbers.push({
        name,
        value: 1000 / timings.find(({ variant }) => variant === name)!.cpuMs,
        unit: 'steps/s',
        ...target,
      } as BenchNumber)
    for (const id of IDS) {
      perSecond(ofVectors, id)
      if (id !== IDS[0])
        numbers.push({ name: `${id}, cost against CartPole`, ...ratioOf(ofVectors, id, IDS[0]), unit: 'x', target: { atMost: 3 } })
      if (gymnasium !== null)
        numbers.push({ name: `${id}, against SyncVectorEnv`, ...ratioOf(ofVectors, `${id}, SyncVectorEnv`, id), unit: 'x' })
    }
    for (const id of IDS) {
      perSecond(ofSingles, `${id}, single`, id === IDS[0] ? { target: { atLeast: 5e6 } } : {})
      if (gymnasium !== null)
        numbers.push({
          name: `${id}, single against Gymnasium`,
          ...ratioOf(ofSingles, `${id}, Gymnasium single`, `${id}, single`),
          unit: 'x',
        })
    }
    return { unit: 'environment step', timings: [...ofVectors, ...ofSingles], numbers }
  },
}

function vectorSteps(id: string): Work {
  const { functions, maxEpisodeSteps } = standard.find((registration) => registration.id === id) as Registered
  const venv = structOfArrays(functions(), { numEnvs: NUM_ENVS, maxEpisodeSteps })
  venv.reset({ seed: 1 })
  const actions = randomActions(venv.actionSpace, STEPS, NUM_ENVS)
  return () => {
    for (const row of actions) venv.step(row)
  }
}

function singleSteps(id: string): Work {
  const env = make<Env>(id)
  env.actionSpace.seed(3)
  const actions = Array.from({ length: STEPS }, () => env.actionSpace.sample())
  env.reset({ seed: 1 })
  return () => {
    for (const action of actions) {
      const [, , terminated, truncated] = env.step(action)
      if (terminated || truncated) env.reset()
    }
  }
}
