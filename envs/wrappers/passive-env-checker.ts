/**
 * PassiveEnvChecker: looks at the spaces at once, and at the first reset, the first step and the first drawing as they happen, without a
 * call of its own. A broken promise is thrown with its remedy; what is only suspicious is warned of. `checkEnv` looks harder, in a test.
 */

import { drawing } from '../canvas/canvas.js'
import { redraw } from '../canvas/redraw.js'
import { checkDrawn } from '../check/drawing.js'
import type { Finding, Report } from '../check/finding.js'
import { checkResetResult, checkStepResult } from '../check/results.js'
import { checkSpace } from '../check/space.js'
import { formatFindings } from '../check-env.js'
import type { Env } from '../core.js'
import { EnvError } from '../errors.js'
import { isSpace } from '../spaces/check.js'
import type { Space } from '../spaces/space.js'
import { stateless, wrapped } from './wrapper.js'

export interface PassiveEnvCheckerOptions {
  /** Takes the warnings. Default: console.warn, a line each. */
  readonly warn?: (finding: Finding) => void
}

/** @throws EnvError, here and in the first reset, step and draw, when the environment breaks its contract */
export function passiveEnvChecker<O, A>(env: Env<O, A>, { warn = warnOnConsole }: PassiveEnvCheckerOptions = {}): Env<O, A> {
  const name = env.spec?.id ?? 'environment'
  const { draw } = env
  const space = env.observationSpace as Space
  const seen = new Set<'reset' | 'step' | 'draw'>()

  /** Runs a check; what is wrong is thrown, all of it at once. */
  const check = (run: (report: Report) => void): void => {
    const errors: Finding[] = []
    run((level, where, message, remedy) => {
      const finding: Finding = { level, where, message, remedy }
      if (level === 'error') errors.push(finding)
      else warn(finding)
    })
    if (errors.length > 0) throw new EnvError(`${name}: ${formatFindings(errors)}`)
  }
  const first = (what: 'reset' | 'step' | 'draw') => !seen.has(what) && Boolean(seen.add(what))

  check((report) => {
    for (const field of ['observationSpace', 'actionSpace'] as const) {
      checkSpace(field, isSpace(env[field]) ? env[field].copy() : env[field], report) // a copy, because the check draws samples
    }
  })
  return wrapped<O, A>(env, {
    reset: (options) => {
      const result = env.reset(options)
      if (first('reset'))
        check((report) => void checkResetResult(`reset(${options === undefined ? '' : JSON.stringify(options)})`, space, result, report))
      return result
    },
    step: (action) => {
      const result = env.step(action)
      if (first('step')) check((report) => checkStepResult(space, result, report))
      return result
    },
    ...(draw && {
      draw: (canvas) => {
        if (!first('draw')) return draw.call(env, canvas)
        const drawn = drawing((own) => draw.call(env, own))
        check((report) => checkDrawn(drawn, report))
        redraw(drawn, canvas)
      },
    }),
    ...stateless('PassiveEnvChecker', env),
  })
}

const warnOnConsole = (finding: Finding): void => console.warn(formatFindings([finding]))
