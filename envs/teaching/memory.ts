/**
 * Memory: a cue is shown once and asked for later. Whoever sees only the present can but guess; memory, or enough stacked frames, answers.
 *
 * Observation [cues + 1] float32: 1 at the cue's place in the first frame, then `delay` frames of zeros, then 1 in the last place: answer now.
 * Action: a cue; only the answer counts. Reward: 1 for the right answer, else 0. Terminated: answered, after delay + 2 steps.
 * Guessing earns 1 / cues on average. The 100-step time limit is the registry's, not ours.
 */
import type { FunctionalEnv } from '../core.js'
import { EnvOptionError } from '../errors.js'
import { withDefaults } from '../options.js'
import { box } from '../spaces/box.js'
import { discrete } from '../spaces/discrete.js'

export interface MemoryOptions {
  /** How many there are, at least 2. Default 2. */
  readonly cues?: number
  /** Frames between the cue and the question, at least 0. Default 3. */
  readonly delay?: number
}

/** Fields of the state. */
const CUE = 0
const STEPS = 1 // taken in this episode

export function memory(options: MemoryOptions = {}): FunctionalEnv<Float32Array, number> {
  const { cues, delay } = withDefaults('Memory', options, { cues: 2, delay: 3 })
  for (const [name, value, least] of [
    ['cues', cues, 2],
    ['delay', delay, 0],
  ] as const) {
    if (!Number.isSafeInteger(value) || value < least)
      throw new EnvOptionError(`Memory: option ${name} must be a whole number of at least ${least}, got ${value}`)
  }
  const question = delay + 1 // steps after which it is asked

  return {
    stateSize: 2,
    observationSpace: box({ low: 0, high: 1, shape: [cues + 1] }),
    actionSpace: discrete(cues),

    initial(random, state, at) {
      state[at + CUE] = random.integers(0, cues)
      state[at + STEPS] = 0
    },

    transition(state, at, action, actionAt) {
      const asked = state[at + STEPS] === question
      state[at + STEPS]!++
      return asked && action[actionAt] === state[at + CUE] ? 1 : 0
    },

    terminal: (state, at) => state[at + STEPS]! > question,

    observe(state, at, out, outAt) {
      out.fill(0, outAt, outAt + cues + 1)
      if (state[at + STEPS] === 0) out[outAt + state[at + CUE]!] = 1
      if (state[at + STEPS] === question) out[outAt + cues] = 1
    },

    draw(state, at, canvas) {
      canvas.view({ left: 0, right: cues, bottom: 0, top: 1 })
      canvas.line(0, 0, cues, 0, 'ground')
      if (state[at + STEPS] === 0) canvas.circle(state[at + CUE]! + 0.5, 0.5, 0.3, 'goal')
      if (state[at + STEPS] === question) canvas.text(cues / 2, 0.5, '?', 'accent')
    },
  }
}
