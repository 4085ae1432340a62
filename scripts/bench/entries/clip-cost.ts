/** Clip and optimiser per minibatch step, for the parameters of CartPole's networks: each rule and granularity against no clip. */
import { actorCritic } from '../../../agents/networks/actor-critic.js'
import { categorical } from '../../../agents/networks/categorical.js'
import { CLIP_PER } from '../../../src/clip/clip.js'
import { createClip } from '../../../src/clip/registry.js'
import { stream } from '../../../src/core/random.js'
import { createClipper } from '../../../src/optim/clipper.js'
import { createOptimizer } from '../../../src/optim/optimizer.js'
import { NETWORK, OPTIMIZER } from '../cleanrl.js'
import type { BenchEntry } from '../entry.js'
import { measure, type Timing, type Work } from '../harness.js'

const RULES = ['global-norm', 'loss-feedback', 'learning-rate', 'percentile', 'mean-std', 'agc'] as const
const GRADIENTS = 64 // different ones, taken in turn
const STEPS = 20 // per call

export const clipCost: BenchEntry = {
  name: 'clip-cost',
  what: 'clip + Adam per minibatch step, by rule and granularity, against no clip',

  async run() {
    const { layout } = actorCritic(4, categorical([2]), NETWORK)
    const random = stream(1, 'gradients')
    const gradients = Array.from({ length: GRADIENTS }, () => Float32Array.from({ length: layout.size }, () => 0.01 * random.normal()))
    const gradient = new Float32Array(layout.size)
    const stepping = (clip: string, per?: string): Work => {
      const clipper = createClipper(createClip({ name: clip, ...(per === undefined ? {} : { per }) }), layout)
      const optimizer = createOptimizer(OPTIMIZER, layout)
      const parameters = Float32Array.from({ length: layout.size }, () => 0.1 * random.normal())
      let step = 0
      return () => {
        for (let i = 0; i < STEPS; i++) {
          gradient.set(gradients[step % GRADIENTS]!)
          clipper.apply(gradient, parameters, { step: step++, learningRate: 2.5e-4 })
          optimizer.step(parameters, gradient, 2.5e-4)
        }
      }
    }
    const variants: Record<string, Work> = { none: stepping('none') }
    for (const rule of RULES) for (const per of CLIP_PER) variants[`${rule} per ${per}`] = stepping(rule, per)
    const timings = await measure(variants, { units: STEPS, roundMs: 25 })
    const none = timings[0]!
    const overhead = ({ variant, rounds }: Timing) => {
      const added = rounds.map((ms, round) => 1000 * (ms - none.rounds[round]!)).toSorted((a, b) => a - b)
      return { name: `${variant}, added`, value: added[added.length >> 1]!, unit: 'µs' }
    }
    return { unit: `minibatch step, ${layout.size} parameters`, timings, numbers: timings.slice(1).map(overhead) }
  },
}
