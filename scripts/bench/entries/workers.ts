/**
 * Worker threads against one environment after the other, for steps of known cost, and what the automatic choice makes of it. Wall time,
 * because that is what threads are for; on a machine that is busy with others, workers have fewer cores than the choice believes.
 */
import { makeVec, register, vectorChoice } from '../../../envs/registry.js'
import { nodeWorkers } from '../../../envs/vector/node-workers.js'
import type { BenchEntry, BenchNumber } from '../entry.js'
import { measure, type Timing } from '../harness.js'
import busy, { spin } from '../worlds/busy.js'

const COSTS = [1, 10, 50, 200] // µs a step
const ENVS = [8, 64]

export const workerThreads: BenchEntry = {
  name: 'workers',
  what: 'worker threads against serial, for steps of known cost, and the automatic choice',

  async run() {
    const timings: Timing[] = []
    const numbers: BenchNumber[] = []
    const perMicrosecond = roundsPerMicrosecond()
    register(busy)
    for (const numEnvs of ENVS) {
      for (const cost of COSTS) {
        const options = { numEnvs, kwargs: { rounds: Math.round(cost * perMicrosecond) }, workers: nodeWorkers() }
        const serial = makeVec(busy.id, { ...options, vectorization: 'serial' })
        const workers = makeVec(busy.id, { ...options, vectorization: 'workers' })
        const actions = new Float64Array(numEnvs)
        serial.reset({ seed: 1 })
        workers.reset({ seed: 1 })
        const what = `${numEnvs} environments, ${cost} µs`
        const [one, other] = (await measure(
          { [`serial, ${what}`]: () => void serial.step(actions), [`workers, ${what}`]: () => void workers.step(actions) },
          { roundMs: 60, rounds: 15 },
        )) as [Timing, Timing]
        const { kind } = vectorChoice(busy.id, options)
        const [chosen, best] = [kind === 'workers' ? other.wallMs : one.wallMs, Math.min(one.wallMs, other.wallMs)]
        workers.close()
        serial.close()
        timings.push(one, other)
        numbers.push(
          { name: `workers against serial, ${what}`, value: one.wallMs / other.wallMs, unit: 'x' },
          { name: `the choice (${kind}) against the better, ${what}`, value: chosen / best, unit: 'x', target: { atMost: 1.1 } },
        )
      }
    }
    return { unit: 'vector step', timings, numbers }
  },
}

/** How many rounds of the busy loop fit into a microsecond here: the most of several tries, so that a busy moment does not count. */
function roundsPerMicrosecond(): number {
  const rounds = 200_000
  let best = 0
  for (let i = 0; i < 20; i++) {
    const from = performance.now()
    if (Number.isNaN(spin(0.5, rounds))) throw new Error('the busy loop must stay finite')
    best = Math.max(best, rounds / (1000 * (performance.now() - from)))
  }
  return best
}
