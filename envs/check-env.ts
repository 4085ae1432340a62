/**
 * Checks that an environment keeps the contract that learners, wrappers, recordings and resumes rely on. Finds everything it can in one go:
 * an error is a broken promise, a warning something that usually is a mistake.
 *
 * The environment is reset, stepped, drawn and closed, so check one made for the purpose, bare: a wrapper may hide what is inside.
 * Source: follows Gymnasium 1.4's check_env in order and tolerance; what the type checker knows already is checked all the same, because
 * environments may come from JavaScript. We add: save and load, and drawing. Render modes do not exist here.
 */
import { checkDrawing } from './check-drawing.js'
import { checkSpace, isSpace } from './check-space.js'
import type { Env, Info, ResetOptions } from './core.js'
import type { Json } from './json.js'
import { describeElement, describeSpace } from './spaces/describe.js'
import type { Space } from './spaces/space.js'

export interface Finding {
  readonly level: 'error' | 'warning'
  /** Where: 'reset', 'step', 'observationSpace', … */
  readonly where: string
  readonly message: string
  /** What to do about it. */
  readonly remedy: string
}

export type Report = (level: Finding['level'], where: string, message: string, remedy: string) => void

// biome-ignore lint/suspicious/noExplicitAny: any environment can be checked
type AnyEnv = Env<any, any>

const STEPS = 12 // steps of the save-and-load check

/** @returns all findings; none means that the environment keeps the contract */
export function checkEnv(env: AnyEnv): Finding[] {
  const findings: Finding[] = []
  const report: Report = (level, where, message, remedy) => {
    findings.push({ level, where, message, remedy })
  }
  const guarded = (where: string, check: () => void): boolean => {
    try {
      check()
      return true
    } catch (error) {
      report('error', where, `threw ${describe(error)}`, 'this call is part of the contract and must work')
      return false
    }
  }

  if (env.unwrapped !== env) report('warning', 'unwrapped', 'this is a wrapper, which may hide what is inside', 'check env.unwrapped')
  const spaces = (['observationSpace', 'actionSpace'] as const).filter((field) => {
    if (isSpace(env[field])) return guarded(field, () => checkSpace(field, env[field], report))
    report('error', field, `expected a Space, got ${describeElement(env[field])}`, 'set it with box(), discrete() or another space')
    return false
  })
  if (spaces.length < 2) return findings

  const works =
    guarded('reset', () => checkReset(env, report)) &&
    guarded('reset', () => checkSeeding(env, report)) &&
    guarded('step', () => checkStep(env, report)) &&
    guarded('step', () => checkStepTwice(env, report))
  if (works) {
    guarded('save', () => checkSave(env, report))
    if (env.draw === undefined) report('warning', 'draw', 'the environment cannot be drawn', 'write draw(canvas): a few shapes are enough')
    else guarded('draw', () => checkDrawing(env, report))
    checkWrongAction(env, report)
  }
  guarded('close', () => env.close())
  try {
    env.close()
  } catch (error) {
    report('warning', 'close', `a second close() threw ${describe(error)}`, 'let close() do nothing when it is called again')
  }
  return findings
}

/** The findings as text, one a line; '' when there are none. */
export function formatFindings(findings: readonly Finding[]): string {
  return findings.map(({ level, where, message, remedy }) => `${level}: ${where}: ${message}. ${remedy}`).join('\n')
}

function checkReset(env: AnyEnv, report: Report): void {
  for (const options of [undefined, {}, { seed: 123 }, { options: {} }] as (ResetOptions | undefined)[]) {
    const call = `reset(${options === undefined ? '' : JSON.stringify(options)})`
    const result: unknown = env.reset(options)
    if (!Array.isArray(result) || result.length !== 2) {
      report('error', 'reset', `${call} must return [observation, info], got ${describeElement(result)}`, 'return a list of two')
      return
    }
    checkObservation(call, env.observationSpace, result[0], report)
    checkInfo(call, result[1], report)
  }
}

/** Equal seeds must give equal first observations and go on equally; other seeds must not. */
function checkSeeding(env: AnyEnv, report: Report): void {
  const rounds = [0, 1].map(() => {
    const [seeded] = env.reset({ seed: 123 })
    const state = serialised(env)
    const [running] = env.reset()
    return { seeded: kept(seeded), state, running: kept(running) }
  })
  const [first, second] = rounds as [(typeof rounds)[0], (typeof rounds)[0]]
  const remedy = 'draw every random number from a generator that reset({seed}) starts anew'
  compare('reset', 'reset({seed: 123}) gave another observation the second time', first.seeded, second.seeded, remedy, report)
  compare(
    'reset',
    'the reset after reset({seed: 123}) gave another observation the second time',
    first.running,
    second.running,
    remedy,
    report,
  )
  if (first.state !== second.state)
    report('error', 'reset', 'save() after reset({seed: 123}) differed the second time', 'let the state depend on the seed alone')
  env.reset({ seed: 456 })
  if (serialised(env) === first.state) {
    report(
      'error',
      'reset',
      'reset({seed: 456}) left the same state and random stream as reset({seed: 123})',
      'start the random stream from the seed, and save it',
    )
  }
}

function checkStep(env: AnyEnv, report: Report): void {
  env.reset({ seed: 123 })
  env.actionSpace.seed(0)
  const result: unknown = env.step(env.actionSpace.sample())
  if (!Array.isArray(result) || result.length !== 5) {
    const old = Array.isArray(result) && result.length === 4 ? ', as an old Gym environment does' : ''
    report(
      'error',
      'step',
      `must return 5 values, got ${describeElement(result)}${old}`,
      'return [observation, reward, terminated, truncated, info]',
    )
    return
  }
  const [observation, reward, terminated, truncated, info] = result as unknown[]
  checkObservation('step', env.observationSpace, observation, report)
  if (typeof reward !== 'number') report('error', 'step', `the reward must be a number, got ${describeElement(reward)}`, 'return a number')
  else if (!Number.isFinite(reward)) report('warning', 'step', `the reward is ${reward}`, 'learners need finite rewards')
  for (const [name, flag] of [
    ['terminated', terminated],
    ['truncated', truncated],
  ] as const) {
    if (typeof flag !== 'boolean')
      report('error', 'step', `${name} must be true or false, got ${describeElement(flag)}`, 'return a boolean')
  }
  checkInfo('step', info, report)
}

/** The same seed and action must give the same step. */
function checkStepTwice(env: AnyEnv, report: Report): void {
  env.actionSpace.seed(0)
  const action = env.actionSpace.sample()
  const [first, second] = [0, 1].map(() => {
    env.reset({ seed: 123 })
    const [observation, reward, terminated, truncated, info] = env.step(action)
    return { observation: kept(observation), reward, terminated, truncated, info: kept(info), state: serialised(env) }
  }) as [StepTaken, StepTaken]
  const remedy = 'let a step depend only on the state, the action and the random stream'
  compare('step', 'the observation of the same step differed the second time', first.observation, second.observation, remedy, report)
  compare('step', 'the info of the same step differed the second time', first.info, second.info, remedy, report)
  for (const field of ['reward', 'terminated', 'state'] as const) {
    if (!Object.is(first[field], second[field])) report('error', 'step', `the ${field} of the same step differed the second time`, remedy)
  }
  if (first.truncated) report('error', 'step', 'the first step was truncated', 'leave time limits to the registry or the TimeLimit wrapper')
}

interface StepTaken {
  readonly observation: string
  readonly reward: number
  readonly terminated: boolean
  readonly truncated: boolean
  readonly info: string
  readonly state: string
}

/** What is saved must be plain JSON and enough to go on in the same way. */
function checkSave(env: AnyEnv, report: Report): void {
  const walk = (actions: readonly unknown[]): string => {
    const trace: unknown[] = []
    for (const action of actions) {
      const [observation, reward, terminated, truncated] = env.step(action)
      trace.push([kept(observation), reward, terminated, truncated])
      if (terminated || truncated) trace.push(kept(env.reset()[0]))
    }
    return JSON.stringify(trace)
  }
  env.reset({ seed: 7 })
  env.actionSpace.seed(1)
  const actions = Array.from({ length: STEPS }, () => env.actionSpace.sample())
  walk(actions.slice(0, 3))
  const saved = env.save()
  if (!isPlainJson(saved)) {
    report(
      'error',
      'save',
      'must return plain JSON (no undefined, NaN, infinity, typed arrays or class instances)',
      'write numbers, strings, lists and plain objects',
    )
    return
  }
  const copy = JSON.parse(JSON.stringify(saved)) as Json
  const ahead = walk(actions)
  env.load(copy)
  if (JSON.stringify(env.save()) !== JSON.stringify(copy))
    report('error', 'load', 'save() right after load() gave something else', 'load everything that save writes')
  if (walk(actions) !== ahead) {
    report(
      'error',
      'load',
      'after load() the environment went another way than before',
      'save everything that later steps depend on: state, counters, random stream',
    )
  }
}

/** A choice outside a space of choices must be refused, or a learner's mistake goes unnoticed. */
function checkWrongAction(env: AnyEnv, report: Report): void {
  if (env.actionSpace.kind !== 'discrete') return
  const { n, start } = env.actionSpace as Space as unknown as { readonly n: number; readonly start: number }
  env.reset({ seed: 123 })
  try {
    env.step(start + n)
  } catch {
    return
  }
  report(
    'warning',
    'step',
    `accepted action ${start + n}, which is not in ${describeSpace(env.actionSpace)}`,
    'throw when actionSpace.contains(action) is false',
  )
}

function checkObservation(call: string, space: Space, observation: unknown, report: Report): void {
  if (space.contains(observation) && !Array.isArray(observation)) return
  const where = call.startsWith('reset') ? 'reset' : 'step'
  report(
    'error',
    where,
    `${call} gave ${describeElement(observation)}, which is not in ${describeSpace(space)}`,
    'return what the space samples: its type, its size, within its bounds',
  )
}

function checkInfo(call: string, info: unknown, report: Report): void {
  if (info !== null && typeof info === 'object' && !Array.isArray(info)) return
  report(
    'error',
    call.startsWith('reset') ? 'reset' : 'step',
    `${call}: info must be an object, got ${describeElement(info)}`,
    'return {} when there is nothing to tell',
  )
}

function compare(where: string, message: string, first: string, second: string, remedy: string, report: Report): void {
  if (first !== second) report('error', where, message, remedy)
}

/** A value as text that is equal exactly when the value is; typed arrays are copied thereby. */
function kept(value: unknown): string {
  return (
    JSON.stringify(value, (_key, inner: unknown) => {
      if (ArrayBuffer.isView(inner)) return Array.from(inner as Float64Array, String)
      return typeof inner === 'number' && (!Number.isFinite(inner) || Object.is(inner, -0))
        ? `number ${Object.is(inner, -0) ? '-0' : inner}`
        : inner
    }) ?? 'undefined'
  )
}

const serialised = (env: AnyEnv) => JSON.stringify(env.save())

function isPlainJson(value: unknown): boolean {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true
  if (typeof value === 'number') return Number.isFinite(value)
  if (Array.isArray(value)) return value.every(isPlainJson)
  if (typeof value !== 'object') return false
  return Object.getPrototypeOf(value) === Object.prototype && Object.values(value as Info).every(isPlainJson)
}

const describe = (error: unknown) => (error instanceof Error ? `${error.name}: ${error.message}` : String(error))
