/**
 * Stepping CartPole: struct of arrays against single environments stepped one after the other, and with --python against Gymnasium's
 * SyncVectorEnv and its own vector version. Actions are random, as an untrained agent's: the pole falls every 22 steps. Bare is the struct of
 * arrays itself, which like Gymnasium's records nothing; the other is what `makeVec` gives, with episode statistics.
 *
 * Ours run in a process that imports environments alone. TensorFlow.js and React, once imported, detach an ArrayBuffer, and from then on V8
 * checks every access to typed arrays, which costs CartPole about a fifth.
 */
import type { BenchEntry, BenchNumber } from '../entry.js'
import { measure, ratioOf, type Timing } from '../harness.js'
import { startOurs } from '../ours/start.js'
import { asking } from '../peer.js'

const ID = 'CartPole-v1'

export const envSteps: BenchEntry = {
  name: 'env-steps',
  what: 'environment steps of CartPole: struct of arrays against serial single environments, and Gymnasium where there is one',

  async run(gymnasium) {
    const timings: Timing[] = []
    const numbers: BenchNumber[] = []
    for (const numEnvs of [8, 64, 1024]) {
      const ours = await startOurs('env-steps.ts')
      const names = {
        bare: `bare struct of arrays, ${numEnvs}`,
        arrays: `struct of arrays, ${numEnvs}`,
        objects: `serial, ${numEnvs}`,
        sync: `Gymnasium SyncVectorEnv, ${numEnvs}`,
        vector: `Gymnasium CartPoleVectorEnv, ${numEnvs}`,
      }
      const found = await measure(
        {
          [names.bare]: asking(ours, { kind: 'bare', numEnvs }),
          [names.arrays]: asking(ours, { kind: 'arrays', numEnvs }),
          [names.objects]: asking(ours, { kind: 'serial', numEnvs }),
          ...(gymnasium && {
            [names.sync]: gymnasium.steps('sync', ID, numEnvs),
            [names.vector]: gymnasium.steps('vector', ID, numEnvs),
          }),
        },
        { roundMs: 60 },
      ).finally(ours.close)
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
