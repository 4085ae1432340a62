/**
 * Random streams of the agent: Alea (Baagøe 2010) from seedrandom, one independent stream per use, so that adding one moves no other.
 * Environments do not use these: theirs is NumPy's generator (envs/seeding).
 */
import seedrandom from 'seedrandom'
import { RunError } from './errors.js'
import type { Json } from './json.js'

export interface RandomStream {
  /** Uniform in [0, 1), 53 bits. */
  next(): number
  /** Standard normal; two uniforms each, so the state stays plain (Box & Muller 1958, the cosine half). */
  normal(): number
  /** Uniform integer in [0, n). */
  below(n: number): number
  save(): Json
  load(saved: Json): void
}

/** `stream(7, 'shuffle')`: the same numbers for the same seed and name, on every machine. */
export function stream(seed: number, name: string): RandomStream {
  let generator = seedrandom.alea(`${seed}/${name}`, { state: true })
  const next = () => generator.double()
  return {
    next,
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
    below: (n) => Math.floor(next() * n),
    save: () => ({ ...generator.state() }) as unknown as Json,
    load: (saved) => {
      if (!isAleaState(saved)) throw new RunError(`random stream "${name}": the saved state is not one of this generator`)
      generator = seedrandom.alea('', { state: saved as unknown as seedrandom.State.Alea })
    },
  }
}

function isAleaState(saved: Json): boolean {
  if (saved === null || typeof saved !== 'object' || Array.isArray(saved)) return false
  const state = saved as Record<string, Json>
  return ['c', 's0', 's1', 's2'].every((key) => Number.isFinite(state[key]))
}
