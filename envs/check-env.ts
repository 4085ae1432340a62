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
import { checkResetResult, checkStepResult } from './check/results.js'
import { checkSpace } from './check/space.js'
import type { ResetOptions } from './core.js'
import { isSpace } from './spaces/check.js'
import { describeSpace } from './spaces/describe.js'
import type { Discrete } from './spaces/discrete.js'

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
    checkWrongSeeds(env, report)
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
    if (!checkResetResult(call, env.observationSpace, env.reset(options), report)) return
  }
}

function checkStep(env: AnyEnv, report: Report): void {
  env.reset({ seed: 123 })
  env.actionSpace.seed(0)
  checkStepResult(env.observationSpace, env.step(env.actionSpace.sample()), report)
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

/** A seed that is none must be refused, or a run that nobody can repeat begins. */
function checkWrongSeeds(env: AnyEnv, report: Report): void {
  const accepted = [-1, 0.5, 'seed'].filter((seed) => {
    try {
      env.reset({ seed: seed as number })
      return true
    } catch {
      return false
    }
  })
  if (accepted.length === 0) return
  const message = `reset accepted what is no seed: ${accepted.map((seed) => JSON.stringify(seed)).join(', ')}`
  report('warning', 'reset', message, 'make the random stream with generator(seed), which refuses it')
}

const describe = (error: unknown) => (error instanceof Error ? `${error.name}: ${error.message}` : String(error))
