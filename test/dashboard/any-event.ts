/** Any event a run could send, with any numbers: also those that none should. */
import fc from 'fast-check'
import type { RunEvent } from '../../src/core/events.js'
import { exampleRecording } from './example-recording.js'
import { cartPole } from './example-run.js'

const number = fc.oneof(fc.double(), fc.integer(), fc.constantFrom(0, -0, 1e308, -1e308, 5e-324))
const text = fc.string({ unit: 'binary', maxLength: 40 })
const names = fc.constantFrom(
  'rollout/ep_rew_mean',
  'rollout/episodes',
  'time/time_elapsed',
  'time/fps',
  'time/rollout_seconds',
  'time/update_seconds',
  'train/approx_kl',
  'train/entropy_loss',
  'train/value_loss',
  'grad/norm_pre',
  'grad/norm_post',
  'grad/tau',
  'grad/clip_rate',
  'grad/skipped',
  'grad/group/actor/norm_pre',
  'grad/group/actor/norm_post',
  'grad/group/actor/tau',
  'grad/group/critic/norm_pre',
  'grad/group/critic/tau',
  'grad/layer/actor/1/norm_pre',
  'grad/layer/actor/1/weight_norm',
  '__proto__',
)
const metrics = fc.dictionary(fc.oneof(names, text), fc.option(number), { maxKeys: 12 })
const step = fc.oneof(fc.integer({ min: 0, max: 1e6 }), number)
const NOTHING = { header: {}, arrays: {} }
const record = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }) => fc.record<T>(model)

export const anyEvent: fc.Arbitrary<RunEvent> = fc.oneof(
  record({
    kind: fc.constant('run-started' as const),
    env: text,
    algo: text,
    seed: number,
    totalSteps: number,
    numEnvs: number,
    backend: text,
    clip: text,
    parameters: number,
    vectorization: text,
    solvedAt: fc.option(number),
    step,
  }),
  record({
    kind: fc.constant('episode' as const),
    step,
    episode: number,
    env: number,
    return: number,
    length: number,
    end: fc.constantFrom('terminated' as const, 'truncated' as const),
  }),
  record({ kind: fc.constant('update' as const), step, update: number, metrics }),
  record({ kind: fc.constant('evaluation' as const), step, returns: fc.array(number), lengths: fc.array(number), metrics }),
  record({
    kind: fc.constant('checkpoint' as const),
    step,
    update: number,
    reason: fc.constant('best' as const),
    snapshot: fc.constant(NOTHING),
  }),
  record({
    kind: fc.constant('recording' as const),
    step,
    reason: fc.constant('every' as const),
    recording: fc.tuple(number, number).map(([episode, total]) => ({ ...exampleRecording(3), episode, return: total })),
  }),
  record({ kind: fc.constant('preview' as const), step, drawing: fc.tuple(number, number).map(([x, angle]) => cartPole(x, angle)) }),
  record({ kind: fc.constant('warning' as const), step, message: text }),
  record({
    kind: fc.constant('run-ended' as const),
    step,
    result: record({
      status: fc.constantFrom('done' as const, 'solved' as const, 'interrupted' as const, 'failed' as const),
      steps: number,
      updates: number,
      episodes: number,
      seconds: number,
      stepsPerSecond: fc.option(number),
      meanReturn100: fc.option(number),
      evalReturnMean: fc.option(number),
      evalReturnStd: fc.option(number),
      backend: text,
      clip: text,
      seed: number,
    }),
  }),
)
