import { describe, expect, test } from 'vitest'
import type { Env } from '../../envs/core.js'
import { make } from '../../envs/registry.js'
import { metricEntry } from '../../src/core/catalog.js'
import type { RunEvent } from '../../src/core/events.js'
import { verify } from '../../src/record/replay.js'
import type { RunControl } from '../../src/train/run.js'
import { eventsOf, ofKind, smallConfig } from '../support/small-run.js'

/** What must be the same, bit for bit. */
const essence = (events: readonly RunEvent[]) => events.filter(({ kind }) => kind !== 'preview' && kind !== 'run-started')

describe('a run', () => {
  test('same seed: the same events, weights and recordings, bit for bit', async () => {
    const first = await eventsOf(smallConfig())
    expect(essence(await eventsOf(smallConfig()))).toEqual(essence(first))
    expect(essence(await eventsOf(smallConfig({ seed: 6 })))).not.toEqual(essence(first))
  })

  test('looking, recording, evaluating and saving change nothing about what is learnt', async () => {
    const plain = await eventsOf(smallConfig({ recordEvery: 0, checkpointEvery: 0 }))
    const watched = await eventsOf(smallConfig({ recordEvery: 3, checkpointEvery: 128, evaluation: { every: 128, episodes: 2 } }), {
      wantsPreview: () => true,
    })
    expect(ofKind(watched, 'preview')).toHaveLength(8)
    expect(ofKind(watched, 'update')).toEqual(ofKind(plain, 'update'))
    expect(ofKind(watched, 'episode')).toEqual(ofKind(plain, 'episode'))
    const weights = (events: RunEvent[]) => ofKind(events, 'checkpoint').at(-1)!.snapshot.arrays
    expect(weights(watched)).toEqual(weights(plain))
  })

  test.each([
    ['ppo', 'CartPole-v1'],
    ['a2c', 'CartPole-v1'],
    ['ppo', 'Pendulum-v1'],
  ] as const)('resumed is as if it had never stopped: %s on %s', async (algo, env) => {
    // 12 updates of 16 minibatch steps: the cut lies after more than 100 optimiser steps and inside episodes
    const learn = { rolloutSteps: 32, minibatchSize: 32, epochs: 4, learningRate: { from: 0.003, to: 0 } }
    const config = smallConfig({ algo, env, totalSteps: 1536, checkpointEvery: 1024, learn })
    const straight = await eventsOf(config)
    const cut = straight.findIndex((event) => event.kind === 'checkpoint' && event.reason === 'periodic')
    const { snapshot } = ofKind(straight, 'checkpoint').find(({ reason }) => reason === 'periodic')!
    const copy = { header: JSON.parse(JSON.stringify(snapshot.header)), arrays: structuredClone(snapshot.arrays) }
    const resumed = await eventsOf(config, { resume: copy })
    expect(ofKind(resumed, 'run-started')[0]!.step).toBe(1024)
    expect(essence(resumed)).toEqual(essence(straight.slice(cut + 1)))
  })

  test('every metric has its line in the catalog, and every number is finite or null', async () => {
    const events = await eventsOf(smallConfig({ evaluation: { every: 256, episodes: 2 } }))
    for (const event of events) {
      if (event.kind !== 'update' && event.kind !== 'evaluation') continue
      for (const [name, value] of Object.entries(event.metrics)) {
        expect(metricEntry(name), name).toBeDefined()
        expect(value === null || Number.isFinite(value), `${name} = ${value}`).toBe(true)
      }
    }
  })

  test('recordings happened as recorded, and the last episode is among them', async () => {
    const events = await eventsOf(smallConfig())
    const recordings = ofKind(events, 'recording')
    expect(recordings.length).toBeGreaterThan(2)
    expect(recordings.at(-1)!.reason).toBe('last')
    const episodes = new Map(ofKind(events, 'episode').map((episode) => [episode.episode, episode]))
    for (const { recording, reason } of recordings) {
      if (reason === 'every') expect(recording.episode % 10).toBe(0)
      const { return: total, length, end } = episodes.get(recording.episode)!
      expect(recording).toMatchObject({ return: total, length, end })
      expect(verify(recording, make(recording.env) as Env).difference).toBeNull()
    }
  })

  test('holds no tensors between updates', async () => {
    const counts = ofKind(await eventsOf(smallConfig()), 'update').map(({ metrics }) => [
      metrics['memory/tensors'],
      metrics['memory/tensor_bytes'],
    ])
    expect(new Set(counts.slice(2).map(String)).size).toBe(1)
  })
})

describe('the end of a run', () => {
  test('asked to stop, it finishes the update, saves, and says so', async () => {
    const control: RunControl = { stop: false, paused: false }
    const events: RunEvent[] = []
    for await (const event of (await import('../../src/train/run.js')).train(smallConfig(), { clock: () => 0, control })) {
      events.push(event)
      if (event.kind === 'update' && event.update === 3) control.stop = true
    }
    expect(ofKind(events, 'update')).toHaveLength(3)
    expect(ofKind(events, 'checkpoint').at(-1)).toMatchObject({ reason: 'interrupted', step: 384 })
    expect(ofKind(events, 'run-ended')[0]!.result).toMatchObject({ status: 'interrupted', steps: 384, evalReturnMean: null })
  })

  test('--stop-at keeps the schedules of the whole run', async () => {
    const whole = ofKind(await eventsOf(smallConfig()), 'update')
    const part = ofKind(await eventsOf(smallConfig({ stopAt: 512 })), 'update')
    expect(part).toEqual(whole.slice(0, 4))
  })

  test('--stop-return ends it as solved once 100 episodes average that', async () => {
    const events = await eventsOf(smallConfig({ totalSteps: 100_000, stopReturn: 15 }))
    const { result } = ofKind(events, 'run-ended')[0]!
    expect(result.status).toBe('solved')
    expect(result.meanReturn100).toBeGreaterThanOrEqual(15)
    expect(result.episodes).toBeGreaterThanOrEqual(100)
    expect(result.steps).toBeLessThan(20_000)
  })

  test('the best evaluation so far is saved', async () => {
    const events = await eventsOf(smallConfig({ evaluation: { every: 128, episodes: 2 } }))
    let best = Number.NEGATIVE_INFINITY
    events.forEach((event, i) => {
      if (event.kind !== 'evaluation') return
      const mean = event.metrics['eval/mean_reward']!
      const next = events[i + 1]!
      expect(next.kind === 'checkpoint' && next.reason === 'best').toBe(mean > best)
      best = Math.max(best, mean)
    })
  })
})
