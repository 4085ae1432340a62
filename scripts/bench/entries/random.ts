/** Random doubles: NumPy's PCG64 in float arithmetic against the same in BigInt, and the agent's Alea beside them. */
import { generator } from '../../../envs/seeding/generator.js'
import { stream } from '../../../src/core/random.js'
import { bigintDoubles } from '../baselines/bigint-pcg64.js'
import type { BenchEntry } from '../entry.js'
import { measure, ratioOf } from '../harness.js'

const DRAWS = 10_000

export const random: BenchEntry = {
  name: 'random',
  what: 'random doubles: PCG64 of the environments against a BigInt version, bit for bit the same',

  async run() {
    const ours = generator(1)
    const theirs = bigintDoubles(ours.save())
    for (let i = 0; i < 1000; i++) {
      const [a, b] = [ours.random(), theirs()]
      if (a !== b) throw new Error(`bench random: draw ${i} differs: ${a} against ${b}`)
    }
    const alea = stream(1, 'bench')
    let sum = 0
    const draws = (next: () => number) => () => {
      for (let i = 0; i < DRAWS; i++) sum += next()
    }
    const timings = await measure(
      { 'PCG64, ours': draws(() => ours.random()), 'PCG64, BigInt': draws(theirs), 'Alea, the agent’s': draws(alea.next) },
      { units: DRAWS, roundMs: 60 },
    )
    if (!(sum > 0)) throw new Error('bench random: no number was drawn')
    return {
      unit: 'double',
      timings,
      numbers: [
        { name: 'ours against BigInt', ...ratioOf(timings, 'PCG64, BigInt', 'PCG64, ours'), unit: 'x' },
        { name: 'ours', value: 1 / timings[0]!.cpuMs / 1000, unit: 'M/s', target: { atLeast: 20 } },
      ],
    }
  },
}
