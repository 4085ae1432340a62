import { describe, expect, test } from 'vitest'
import { make, makeVec } from '../../envs/registry.js'
import type { Box } from '../../envs/spaces/box.js'
import type { EpisodeRecording } from '../../src/core/events.js'
import { decodeRecording, encodeRecording } from '../../src/record/recording-file.js'
import { drawings, openReplay, verify } from '../../src/record/replay.js'
import { driftEnv, driftRecording } from './support/drift-env.js'
import { sampleRecording } from './support/samples.js'

const terminated = driftRecording(1) // reaches x > 1 after nine or so steps
const truncated = driftRecording(-0.6, { limit: 20 })

describe('openReplay', () => {
  test('a frame for every observation; the last one has no action but the end', () => {
    const replay = openReplay(terminated)
    const T = terminated.length
    expect(replay.frames).toBe(T + 1)
    expect(replay.frame(3)).toEqual({
      t: 3,
      observation: terminated.observations.subarray(6, 8),
      action: terminated.actions.subarray(3, 4),
      reward: terminated.rewards[3],
      value: 3,
      logProb: -3,
      returnSoFar: terminated.rewards[0]! + terminated.rewards[1]! + terminated.rewards[2]!,
      end: null,
    })
    expect(replay.frame(T)).toMatchObject({ action: null, reward: null, value: null, end: 'terminated' })
    expect(replay.frame(T).returnSoFar).toBe(terminated.return)
  })

  test('a beginning of an episode has no end', () => {
    expect(openReplay(terminated, false).frame(terminated.length).end).toBeNull()
  })

  test.each([-1, 1.5, 1e9, Number.NaN])('there is no frame %s', (t) => {
    expect(() => openReplay(terminated).frame(t)).toThrow(`replay: t must be a whole number from 0 to ${terminated.length}, got ${t}`)
  })
})

describe('verify', () => {
  test('what was recorded happens again, to the last bit, also through a file', () => {
    for (const recording of [terminated, truncated, driftRecording(2, { discrete: true })]) {
      const env = driftEnv({ limit: recording === truncated ? 20 : 50, discrete: recording.actionKind === 'discrete' })
      expect(verify(recording, env)).toEqual({ steps: recording.length, difference: null })
      expect(verify(decodeRecording(encodeRecording(recording), 'x').recording, env).difference).toBeNull()
    }
  })

  test('a changed observation is found, at its step, with both values', () => {
    const observations = terminated.observations.slice()
    observations[2 * 4] = 9 // frame 4, first number
    const { steps, difference } = verify({ ...terminated, observations }, driftEnv())
    expect(steps).toBe(3)
    expect(difference).toEqual({
      step: 4,
      field: 'observation',
      index: 0,
      recorded: 9,
      simulated: terminated.observations[8],
      message: `step 4 of ${terminated.length}: observation[0] was recorded as 9, the simulation gives ${terminated.observations[8]}`,
    })
  })

  test('one bit is enough, and a tolerance forgives it', () => {
    const rewards = terminated.rewards.slice()
    rewards[5]! += 1e-12
    const changed = { ...terminated, rewards }
    expect(verify(changed, driftEnv()).difference).toMatchObject({ step: 6, field: 'reward', index: null })
    expect(verify(changed, driftEnv(), { tolerance: 1e-9 }).difference).toBeNull()
  })

  test('another world is found at once', () => {
    expect(verify(terminated, driftEnv({ wind: 1e-3 })).difference).toMatchObject({ step: 1, field: 'observation' })
  })

  test('an end that does not come, or of the other kind, or too early', () => {
    const T = truncated.length
    expect(verify(truncated, driftEnv({ limit: 21 })).difference).toMatchObject({
      step: T,
      field: 'truncated',
      recorded: true,
      simulated: false,
    })
    expect(verify(truncated, driftEnv({ limit: 5 })).difference).toMatchObject({
      step: 5,
      field: 'truncated',
      recorded: false,
      simulated: true,
    })
    expect(verify({ ...truncated, end: 'terminated' }, driftEnv({ limit: 20 })).difference).toMatchObject({ step: T, field: 'terminated' })
  })

  test('both flags up at once is recorded as terminated', () => {
    const both = driftRecording(1, { limit: terminated.length })
    expect(both.end).toBe('terminated')
    expect(verify(both, driftEnv({ limit: terminated.length })).difference).toBeNull()
  })

  test('a beginning agrees without an end', () => {
    const beginning = { ...terminated, length: 4 }
    expect(verify(beginning, driftEnv(), { complete: false })).toEqual({ steps: 4, difference: null })
    expect(verify(beginning, driftEnv()).difference).toMatchObject({ step: 4, field: 'terminated' })
  })

  test('a start that is not of this environment is said in one line', () => {
    expect(() => verify({ ...terminated, start: null }, driftEnv())).toThrow(
      'Drift-v0: the environment cannot load the start of episode 1: no state of this environment',
    )
    expect(() => verify({ ...terminated, observationSize: 3 }, driftEnv())).toThrow(
      'the recording has observations of 3 numbers, the environment of 2',
    )
  })
})

describe.each(['CartPole', 'Pendulum', 'FrozenLake'])('%s recorded in a vector of environments', (name) => {
  // The third of three, its second episode, actions from a fixed pattern.
  function recorded(): EpisodeRecording {
    const venv = makeVec(name, { numEnvs: 3 })
    const { low, high } = venv.actionSpace as Box
    const action = (t: number) =>
      venv.actionSpace.kind === 'box' ? Math.fround(low[0]! + ((high[0]! - low[0]!) * (t % 7)) / 6) : (t * 5) % 2
    const watched = 2
    const width = venv.observationSpace.size
    const row = (rows: Float32Array) => [...rows.subarray(watched * width, (watched + 1) * width)]
    const first = row(venv.reset({ seed: 11 }))
    let start = venv.saveOne(watched)
    for (let episode = 1, tape = newTape(first); ; ) {
      const t = tape.rewards.length
      const { observations, finalObservations, rewards, terminated, truncated } = venv.step(new Float32Array(3).fill(action(t)))
      const done = terminated[watched] === 1 || truncated[watched] === 1
      tape.actions.push(action(t))
      tape.rewards.push(rewards[watched]!)
      tape.observations.push(...row(done ? finalObservations : observations))
      if (!done) continue
      if (episode === 2) {
        return {
          ...sampleRecording(t + 1),
          env: name,
          start: JSON.parse(JSON.stringify(start)),
          end: terminated[watched] === 1 ? 'terminated' : 'truncated',
          actionKind: venv.actionSpace.kind === 'box' ? 'continuous' : 'discrete',
          observationSize: width,
          actionSize: 1,
          observations: Float32Array.from(tape.observations),
          actions: Float32Array.from(tape.actions),
          rewards: Float64Array.from(tape.rewards),
        }
      }
      episode++
      start = venv.saveOne(watched)
      tape = newTape(row(observations))
    }
  }

  test('verifies to the last bit in a single one, through a file', () => {
    const { recording } = decodeRecording(encodeRecording(recorded()), 'x')
    expect(verify(recording, make(name))).toEqual({ steps: recording.length, difference: null })
    const other = recording.observations.slice()
    other[other.length - 1]! += 1
    expect(verify({ ...recording, observations: other }, make(name)).difference).toMatchObject({ step: recording.length })
  })
})

const newTape = (first: readonly number[]) => ({ observations: [...first], actions: [] as number[], rewards: [] as number[] })

describe('drawings', () => {
  test('one for every frame, of the recorded states', () => {
    const drawn = drawings(terminated, driftEnv())!
    expect(drawn).toHaveLength(terminated.length + 1)
    const seen = drawn.map(({ shapes: [shape] }) => (shape?.kind === 'circle' ? Math.fround(shape.x) : null))
    expect(seen).toEqual(Array.from({ length: terminated.length + 1 }, (_, t) => terminated.observations[2 * t]))
  })

  test('null for an environment that cannot be drawn', () => {
    expect(drawings(terminated, driftEnv({ drawn: false }))).toBeNull()
  })
})
