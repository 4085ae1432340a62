/**
 * Stepping CartPole: struct of arrays against single environments stepped one after the other, and with --python against Gymnasium's
 * SyncVectorEnv and its own vector version. Actions are random, as an untrained agent's: the pole falls every 22 steps. Bare is the struct of
 * arrays itself, which like Gymnasium's records nothing; the other is what `makeVec` gives, with episode statistics.
 */
import { cartpole } from '../../../envs/classic-control/cartpole.js'
import { make, makeVec, spec } from '../../../envs/registry.js'
import { serial } from '../../../envs/vector/serial.js'
import { structOfArrays } from '../../../envs/vector/struct-of-arrays.js'
import type { BenchEntry, BenchNumber } from '../entry.js'
import { measure, ratioOf, type Timing } from '../harness.js'
import { randomActions } from '../random-actions.js'

const ID = 'CartPole-v1'
const STEPS = 200 // vector steps per call

export const envSteps: BenchEntry = {
  name: 'env-steps',
  what: 'environment steps of CartPole: struct of arrays against serial single environments, and Gymnasium where there is one',

  async run(gymnasium) {
    const timings: Timing[] = []
    const numbers: BenchNumber[] = []
    for (const numEnvs of [8, 64, 1024]) {
      const bare = structOfArrays(cartpole(), { numEnvs, maxEpisodeSteps: spec(ID).maxEpisodeSteps })
      const arrays = makeVec(ID, { numEnvs })
      const objects = serial(() => make(ID), { numEnvs })
      for (const venv of [bare, arrays, objects]) venv.reset({ seed: 1 })
      const actions = randomActions(arrays.actionSpace, STEPS, numEnvs)
      const names = {
        bare: `bare struct of arrays, ${numEnvs}`,
        arrays: `struct of arrays, ${numEnvs}`,
        objects: `serial, ${numEnvs}`,
        sync: `Gymnasium SyncVectorEnv, ${numEnvs}`,
        vector: `Gymnasium CartPoleVectorEnv, ${numEnvs}`,
      }
      const found = await measure(
        {
          [names.bare]: () => actions.forEach((row) => void bare.step(row)),
          [names.arrays]: () => actions.forEach((row) => void arrays.step(row)),
          [names.objects]: () => actions.forEach((row) => void objects.step(row)),
          ...(gymnasium && {
            [names.sync]: gymnasium.steps('sync', ID, numEnvs),
            [names.vector]: gymnasium.steps('vector', ID, numEnvs),
          }),
        },
        { units: STEPS * numEnvs, roundMs: 60 },
      )
      timings.push(...found)
      numbers.push(
        { name: names.bare, value: 1000 / found[0]!.cpuMs, unit: 'steps/s', target: { atLeast: 20e6 } },
        { name: names.arrays, value: 1000 / found[1]!.cpuMs, unit: 'steps/s' },
        { name: names.objects, value: 1000 / found[2]!.cpuMs, unit: 'steps/s' },
        { name: `arrays against serial, ${numEnvs}`, ...ratioOf(found, names.objects, names.arrays), unit: 'x' },
      )
      if (gymnasium !== null) {
        numbers.push(
          {
            name: `bare against SyncVectorEnv, ${numEnvs}`,
            ...ratioOf(found, names.sync, names.bare),
            unit: 'x',
            target: { atLeast: 100 },
          },
          {
            name: `bare against CartPoleVectorEnv, ${numEnvs}`,
            ...ratioOf(found, names.vector, names.bare),
            unit: 'x',
            target: { atLeast: 1 },
          },
        )
      }
    }
    return { unit: 'environment step', timings, numbers }
  },
}
