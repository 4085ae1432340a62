/**
 * Checks that an environment keeps the contract that learners, wrappers, recordings and resumes rely on. Finds everything it can in one go:
 * an error is a broken promise, a warning something that usually is a mistake.
 *
 * The environment is reset, stepped, drawn and closed, so check one made for the purpose, bare: a wrapper may hide what is inside.
 * Source: follows Gymnasium 1.4's check_env; what the type checker knows already is checked all the same, because environments may come
 * from JavaScript. We differ: equal means equal, not nearly; render modes do not exist here; save, load and drawing are checked too.
 */
import { checkSave, checkSeeding, checkStepTwice } from './check/determinism.js'
import { checkDrawing } from './check/drawing.js'
import type { AnyEnv, Finding, Report } from './check/finding.js'
import { checkSpace, isSpace } from './check/space.js'
import type { ResetOptions } from './core.js'
import { describeElement, describeSpace } from './spaces/describe.js'
import type { Discrete } from './spaces/discrete.js'
import type { Space } from './spaces/space.js'

export type { Finding } from './check/finding.js'

/** @returns all findings; none means that the environment keeps the contract */
export function checkEnv(env: AnyEnv): Finding[] {
  const findings: Finding[] = []
  const report: Report = (level, where, message, remedy) => {
    findings.push({ level, where, message, remedy })
  }
  /** Runs a check; what it throws is a finding. False when nothing that builds on it makes sense. */
  const passes = (where: string, check: () => void): boolean => {
    const errors = findings.length
    try {
      check()
    } catch (error) {
      report('error', where, `threw ${describe(error)}`, 'this call is part of the contract and must work')
    }
    return findings.slice(errors).every(({ level }) => level === 'warning')
  }

  if (env.unwrapped !== env) report('warning', 'unwrapped', 'this is a wrapper, which may hide what is inside', 'check env.unwrapped')
  const spaces = (['observationSpace', 'actionSpace'] as const).map((field) => passes(field, () => checkSpace(field, env[field], report)))
  if (!isSpace(env.observationSpace) || !isSpace(env.actionSpace)) return findings
  const starts = spaces.every(Boolean) && passes('reset', () => checkReset(env, report))
  if (starts && passes('step', () => checkStep(env, report))) {
    passes('reset', () => checkSeeding(env, report))
    passes('step', () => checkStepTwice(env, report))
    passes('save', () => checkSave(env, report))
    passes('draw', () => checkDrawing(env, report))
    checkWrongAction(env, report)
  }
  passes('close', () => env.close())
  try {
    env.close()
  } catch (error) {
    report('warning', 'close', `a second close() threw ${describe(error)}`, 'let close() do nothing when it is called again')
  }
  return findings
}

/** The findings as text, one a line; '' when there are none. */
export function formatFindings(findings: readonly Finding[]): string {
  return findings.map(({ level, where, message, remedy }) => `${level}: ${where}: ${message}. Remedy: ${remedy}.`).join('\n')
}

function checkReset(env: AnyEnv, report: Report): void {
  for (const options of [undefined, {}, { seed: 123 }, { options: {} }] as (ResetOptions | undefined)[]) {
    const call = `reset(${options === undefined ? '' : JSON.stringify(options)})`
    const result: unknown = env.reset(options)
    if (!Array.isArray(result) || result.length !== 2) {
      report('error', 'reset', `${call} must return [observation, info], got ${describeElement(result)}`, 'return a list of two')
      return
    }
    checkObservation('reset', call, env.observationSpace, result[0], report)
    checkInfo('reset', call, result[1], report)
  }
}

function checkStep(env: AnyEnv, report: Report): void {
  env.reset({ seed: 123 })
  env.actionSpace.seed(0)
  const result: unknown = env.step(env.actionSpace.sample())
  if (!Array.isArray(result) || result.length !== 5) {
    const old = Array.isArray(result) && result.length === 4 ? ', as an old Gym environment does' : ''
    const message = `must return 5 values, got ${describeElement(result)}${old}`
    report('error', 'step', message, 'return [observation, reward, terminated, truncated, info]')
    return
  }
  const [observation, reward, terminated, truncated, info] = result as unknown[]
  checkObservation('step', 'step', env.observationSpace, observation, report)
  if (typeof reward !== 'number') report('error', 'step', `the reward must be a number, got ${describeElement(reward)}`, 'return a number')
  else if (!Number.isFinite(reward)) report('warning', 'step', `the reward is ${reward}`, 'learners need finite rewards')
  for (const [name, flag] of Object.entries({ terminated, truncated })) {
    if (typeof flag !== 'boolean')
      report('error', 'step', `${name} must be true or false, got ${describeElement(flag)}`, 'return a boolean')
  }
  checkInfo('step', 'step', info, report)
}

/** A choice outside a space of choices must be refused, or a learner's mistake goes unnoticed. */
function checkWrongAction(env: AnyEnv, report: Report): void {
  if (env.actionSpace.kind !== 'discrete') return
  const { n, start } = env.actionSpace as Discrete
  env.reset({ seed: 123 })
  try {
    env.step(start + n)
  } catch {
    return
  }
  const message = `accepted action ${start + n}, which is not in ${describeSpace(env.actionSpace)}`
  report('warning', 'step', message, 'throw when actionSpace.contains(action) is false')
}

function checkObservation(where: string, call: string, space: Space, observation: unknown, report: Report): void {
  if (space.contains(observation) && !Array.isArray(observation)) return
  const message = `${call} gave ${describeElement(observation)}, which is not in ${describeSpace(space)}`
  report('error', where, message, 'return what the space samples: its type, its size, within its bounds')
}

function checkInfo(where: string, call: string, info: unknown, report: Report): void {
  if (info !== null && typeof info === 'object' && !Array.isArray(info)) return
  report('error', where, `${call}: info must be an object, got ${describeElement(info)}`, 'return {} when there is nothing to tell')
}

const describe = (error: unknown) => (error instanceof Error ? `${error.name}: ${error.message}` : String(error))
