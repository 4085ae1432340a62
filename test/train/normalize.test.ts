/** Normalisation over whole runs: resumed exactly, frozen in evaluation, invisible in everything that is reported. */
import { describe, expect, test } from 'vitest'
import type { Env } from '../../envs/core.js'
import { make, makeVec } from '../../envs/registry.js'
import { bundlePart } from '../../src/core/bundle.js'
import type { RunConfigInput } from '../../src/core/config/schema.js'
import type { RunEvent } from '../../src/core/events.js'
import { verify } from '../../src/record/replay.js'
import { evaluate, evaluationSeed } from '../../src/train/evaluate.js'
import { refuseUnrunnable } from '../../src/train/parts.js'
import { loadPolicy } from '../../src/train/policy.js'
import { eventsOf, ofKind, smallConfig } from '../support/small-run.js'

const both = { observations: true, rewards: true }
const pendulum = (changes: Partial<RunConfigInput> = {}) =>
  smallConfig({ env: 'Pendulum-v1', totalSteps: 2048, recordEvery: 2, normalize: both, ...changes })
const essence = (events: readonly RunEvent[]) => events.filter(({ kind }) => kind !== 'preview' && kind !== 'run-started')

describe('a run that normalises', () => {
  test.each(['ppo', 'a2c'] as const)('resumed is as if it had never stopped: %s', async (algo) => {
    const config = pendulum({ algo, checkpointEvery: 1024, evaluation: { every: 512, episodes: 2 } })
    const straight = await eventsOf(config)
    const cut = straight.findIndex((event) => event.kind === 'checkpoint' && event.reason === 'periodic')
    const { snapshot, step } = ofKind(straight, 'checkpoint').find(({ reason }) => reason === 'periodic')!
    expect(step).toBe(1024)
    const copy = { header: JSON.parse(JSON.stringify(snapshot.header)), arrays: structuredClone(snapshot.arrays) }
    expect(essence(await eventsOf(config, { resume: copy }))).toEqual(essence(straight.slice(cut + 1)))
  })

  test('evaluating moves nothing, and a saved policy does what it did when it was saved', async () => {
    const evaluated = await eventsOf(pendulum({ evaluation: { every: 256, episodes: 3 } }))
    const plain = await eventsOf(pendulum())
    expect(ofKind(evaluated, 'update')).toEqual(ofKind(plain, 'update'))
    const state = (events: RunEvent[]) => bundlePart(bundlePart(ofKind(events, 'checkpoint').at(-1)!.snapshot, 'agent'), 'normalizer')
    expect(state(evaluated)).toEqual(state(plain))

    const { snapshot } = ofKind(plain, 'checkpoint').at(-1)!
    const config = pendulum()
    const venv = makeVec('Pendulum-v1', { numEnvs: 3 })
    const policy = await loadPolicy(config, venv, snapshot)
    const again = evaluate(policy, venv, evaluationSeed(config.seed))
    policy.dispose()
    const { returns, lengths } = ofKind(plain, 'evaluation').at(-1)!
    expect(again).toEqual({ returns, lengths })

    const other = await loadPolicy({ ...config, normalize: { ...config.normalize, observations: false } }, venv, snapshot)
    expect(evaluate(other, venv, evaluationSeed(config.seed)).returns).not.toEqual(returns) // the statistics are part of the policy
    other.dispose()
  })

  test('reported returns and recordings are those of the environments: recordings happened as recorded', async () => {
    const events = await eventsOf(pendulum())
    const recordings = ofKind(events, 'recording')
    expect(recordings.length).toBeGreaterThan(2)
    const episodes = new Map(ofKind(events, 'episode').map((episode) => [episode.episode, episode]))
    for (const { recording } of recordings) {
      expect(verify(recording, make('Pendulum-v1') as Env)).toEqual({ steps: 200, difference: null })
      expect(episodes.get(recording.episode)!.return).toBe(recording.return)
      expect(recording.return).toBeLessThan(-200) // an untrained pendulum earns less than −1 a step
    }
  })

  test('the statistics change what is learnt, each in its own way', async () => {
    const losses = async (normalize: Partial<typeof both>) =>
      ofKind(await eventsOf(pendulum({ normalize })), 'update').map(({ metrics }) => metrics['train/value_loss']!)
    const [none, observations, rewards] = [await losses({}), await losses({ observations: true }), await losses({ rewards: true })]
    expect(observations).not.toEqual(none)
    expect(Math.max(...rewards)).toBeLessThan(none[0]! / 100) // returns near −50 became returns near 1
  })

  test('settings that cannot be are refused before anything starts', () => {
    expect(() => refuseUnrunnable(smallConfig({ env: 'FrozenLake-v1', normalize: both }))).toThrow(
      'normalize.observations: expected observations in a box, or a dict or tuple of boxes, got discrete; set it to false.',
    )
    expect(() => pendulum({ normalize: { clipRewards: 0 } })).toThrow('normalize.clipRewards')
    expect(() => pendulum({ normalize: { observation: true } as never })).toThrow('normalize')
  })
})
