/** The part of checkEnv that does things twice: equal seeds, equal steps, and going on from a saved state. */
import type { Json } from '../json.js'
import { type AnyEnv, kept, type Report, saved } from './finding.js'

const STEPS = 12 // steps of the save-and-load check

/** Equal seeds must give equal first observations and go on equally; other seeds must not. */
export function checkSeeding(env: AnyEnv, report: Report): void {
  const [first, second] = twice(() => {
    const seeded = kept(env.reset({ seed: 123 })[0])
    const state = saved(env)
    return { seeded, state, running: kept(env.reset()[0]) }
  })
  const remedy = 'draw every random number from a generator that reset({seed}) starts anew'
  if (first.seeded !== second.seeded) report('error', 'reset', 'reset({seed: 123}) gave another observation the second time', remedy)
  if (first.running !== second.running) {
    report('error', 'reset', 'the reset after reset({seed: 123}) gave another observation the second time', remedy)
  }
  if (first.state !== second.state) {
    report('error', 'reset', 'save() after reset({seed: 123}) differed the second time', 'let the state depend on the seed alone')
  }
  env.reset({ seed: 456 })
  if (saved(env) === first.state) {
    const message = 'reset({seed: 456}) left the same state and random stream as reset({seed: 123})'
    report('error', 'reset', message, 'start the random stream from the seed, and save it')
  }
}

/** The same seed and action must give the same step. */
export function checkStepTwice(env: AnyEnv, report: Report): void {
  env.actionSpace.seed(0)
  const action = env.actionSpace.sample()
  const [first, second] = twice(() => {
    env.reset({ seed: 123 })
    const [observation, reward, terminated, truncated, info] = env.step(action)
    const told = { observation: kept(observation), reward: kept(reward), terminated: kept(terminated), info: kept(info), state: saved(env) }
    return { told, truncated }
  })
  for (const field of ['observation', 'reward', 'terminated', 'info', 'state'] as const) {
    if (first.told[field] === second.told[field]) continue
    const message = `the ${field} of the same step differed the second time`
    report('error', 'step', message, 'let a step depend only on the state, the action and the random stream')
  }
  if (first.truncated) report('error', 'step', 'the first step was truncated', 'leave time limits to the registry or the TimeLimit wrapper')
}

/** What is saved must be plain JSON and enough to go on in the same way. */
export function checkSave(env: AnyEnv, report: Report): void {
  env.reset({ seed: 7 })
  env.actionSpace.seed(1)
  const actions = Array.from({ length: STEPS }, () => env.actionSpace.sample())
  walk(env, actions.slice(0, 3))
  const state = env.save()
  if (!isPlainJson(state)) {
    const message = 'must return plain JSON (no undefined, NaN, infinity, typed arrays or class instances)'
    report('error', 'save', message, 'write numbers, strings, lists and plain objects')
    return
  }
  const copy = JSON.parse(JSON.stringify(state)) as Json
  const ahead = walk(env, actions)
  env.load(copy)
  if (saved(env) !== JSON.stringify(copy)) {
    report('error', 'load', 'save() right after load() gave something else', 'load everything that save writes')
  }
  if (walk(env, actions) !== ahead) {
    const remedy = 'save everything that later steps depend on: state, counters, random stream'
    report('error', 'load', 'after load() the environment went another way than before', remedy)
  }
}

/** All that happens on the way, resets included, as text. */
function walk(env: AnyEnv, actions: readonly unknown[]): string {
  return kept(
    actions.map((action) => {
      const [observation, reward, terminated, truncated] = env.step(action)
      const step = kept([observation, reward, terminated, truncated])
      return terminated || truncated ? [step, kept(env.reset()[0])] : step
    }),
  )
}

const twice = <T>(run: () => T): readonly [T, T] => [run(), run()]

function isPlainJson(value: unknown): boolean {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true
  if (typeof value === 'number') return Number.isFinite(value)
  if (Array.isArray(value)) return value.every(isPlainJson)
  if (typeof value !== 'object') return false
  return Object.getPrototypeOf(value) === Object.prototype && Object.values(value as object).every(isPlainJson)
}
