/** Stepping CartPole: struct of arrays against single environments stepped one after the other. */
import { make, makeVec } from '../../../envs/registry.js'
import { serial } from '../../../envs/vector/serial.js'
import type { BenchEntry, BenchNumber } from '../entry.js'
import { measure, ratio, type Timing } from '../harness.js'

const STEPS = 200 // vector steps per call

export const envSteps: BenchEntry = {
  name: 'env-steps',
  what: 'environment steps: struct of arrays against serial single environments',

  async run() {
    const timings: Timing[] = []
    const numbers: BenchNumber[] = []
    for (const numEnvs of [8, 64, 1024]) {
      const arrays = makeVec('CartPole-v1', { numEnvs })
      const objects = serial(() => make('CartPole-v1'), { numEnvs })
      arrays.reset({ seed: 1 })
      objects.reset({ seed: 1 })
      const actions = Array.from({ length: STEPS }, (_, t) => Float32Array.from({ length: numEnvs }, (_, n) => ((t * 7 + n * 3) >> 1) & 1))
      const names = { arrays: `struct of arrays, ${numEnvs}`, objects: `serial, ${numEnvs}` }
      const found = await measure(
        {
          [names.arrays]: () => actions.forEach((row) => void arrays.step(row)),
          [names.objects]: () => actions.forEach((row) => void objects.step(row)),
        },
        { units: STEPS * numEnvs, roundMs: 60 },
      )
      timings.push(...found)
      numbers.push(
        { name: `struct of arrays, ${numEnvs}`, value: 1000 / found[0]!.cpuMs, unit: 'steps/s' },
        { name: `serial, ${numEnvs}`, value: 1000 / found[1]!.cpuMs, unit: 'steps/s' },
        { name: `arrays against serial, ${numEnvs}`, value: ratio(found, names.objects, names.arrays), unit: 'x' },
      )
    }
    return { unit: 'environment step', timings, numbers }
  },
}
