/** The part of checkEnv that looks at what reset and step return. PassiveEnvChecker looks at the same while an environment is in use. */
import { describeElement, describeSpace } from '../spaces/describe.js'
import type { Space } from '../spaces/space.js'
import type { Report } from './finding.js'

/** @returns false when it is not even a pair */
export function checkResetResult(call: string, space: Space, result: unknown, report: Report): boolean {
  if (!Array.isArray(result) || result.length !== 2) {
    report('error', 'reset', `${call} must return [observation, info], got ${describeElement(result)}`, 'return a list of two')
    return false
  }
  checkObservation('reset', call, space, result[0], report)
  checkInfo('reset', call, result[1], report)
  return true
}

export function checkStepResult(space: Space, result: unknown, report: Report): void {
  if (!Array.isArray(result) || result.length !== 5) {
    const old = Array.isArray(result) && result.length === 4 ? ', as an old Gym environment does' : ''
    const message = `must return 5 values, got ${describeElement(result)}${old}`
    report('error', 'step', message, 'return [observation, reward, terminated, truncated, info]')
    return
  }
  const [observation, reward, terminated, truncated, info] = result as unknown[]
  checkObservation('step', 'step', space, observation, report)
  if (typeof reward !== 'number') report('error', 'step', `the reward must be a number, got ${describeElement(reward)}`, 'return a number')
  else if (!Number.isFinite(reward)) report('warning', 'step', `the reward is ${reward}`, 'learners need finite rewards')
  for (const [name, flag] of Object.entries({ terminated, truncated })) {
    if (typeof flag !== 'boolean') {
      report('error', 'step', `${name} must be true or false, got ${describeElement(flag)}`, 'return a boolean')
    }
  }
  checkInfo('step', 'step', info, report)
}

function checkObservation(where: string, call: string, space: Space, observation: unknown, report: Report): void {
  if (space.contains(observation) && !(Array.isArray(observation) && ARRAY_KINDS.includes(space.kind))) return
  const message = `${call} gave ${describeElement(observation)}, which is not in ${describeSpace(space)}`
  report('error', where, message, 'return what the space samples: its type, its size, within its bounds')
}

/** Kinds whose elements are typed arrays: a plain array of the same numbers is another thing. */
const ARRAY_KINDS: readonly Space['kind'][] = ['box', 'multi-discrete', 'multi-binary']

function checkInfo(where: string, call: string, info: unknown, report: Report): void {
  if (info !== null && typeof info === 'object' && !Array.isArray(info)) return
  report('error', where, `${call}: info must be an object, got ${describeElement(info)}`, 'return {} when there is nothing to tell')
}
