/** The top of every frame: which run this is, how it stands, how far it has come, how fast, how long still. */
import { count, duration, percent } from '../numbers.js'
import type { DashboardState } from '../state.js'
import { clean, fitLine, type Line, lineCells, packed, type Span, span, spread } from '../text.js'
import { BAR, type Role } from '../theme.js'
import type { DashboardView } from '../view.js'
import { boxed, type Panel } from './panel.js'

/** Four lines in a box. */
export const header: Panel = (state, view, width, height) => {
  const title = [span('τ', 'accent'), span(' tau-rl', 'title'), ...(view.runName === '' ? [] : [span(` ${clean(view.runName)}`, 'dim')])]
  return boxed(title, [identity(state, width - 4), progress(state, view, width - 4)], width, height, stateWord(state, view))
}

/** Two lines without a box. */
export const heading: Panel = (state, view, width) => {
  const word = stateWord(state, view)
  const left = [span('τ ', 'accent'), ...identity(state, Math.max(0, width - lineCells(word) - 4))]
  return [fitLine(spread(left, word, width), width), fitLine(progress(state, view, width), width)]
}

/** How the run stands, in one word. */
export function stateWord({ run, result }: DashboardState, view: DashboardView): Line {
  if (result !== null) {
    const role: Role = result.status === 'failed' ? 'bad' : result.status === 'interrupted' ? 'warn' : 'good'
    return [span(result.status.toUpperCase(), role)]
  }
  if (view.stopping) return [span('STOPPING', 'warn')]
  if (view.paused) return [span('PAUSED', 'warn')]
  return run === null ? [span('STARTING', 'dim')] : [span('RUNNING', 'good')]
}

function identity({ run }: DashboardState, width: number): Line {
  if (run === null) return [span('waiting for the run to start', 'dim')]
  // Rather its name alone, without the groups, than no clip at all.
  const clip = width >= run.env.length + run.clip.length + 28 ? run.clip : run.clip.replace(/ per .*/, '')
  const parts: Line[] = [
    [span(run.env, 'strong'), span(` ${run.algo.toUpperCase()}`)],
    [span(`seed ${run.seed}`)],
    [span('clip ', 'dim'), span(clip)],
    [span('backend ', 'dim'), span(run.backend)],
    [span(`${count(run.numEnvs)} environments`, 'dim')],
    [span(`${count(run.parameters)} parameters`, 'dim')],
  ]
  return packed(parts, width, 2)
}

/** A bar, and the numbers that fit beside it. */
function progress(state: DashboardState, view: DashboardView, width: number): Line {
  const share = progressOf(state)
  const seconds = elapsed(state, view)
  const numbers: Line[] = [
    [span(percent(share).padStart(5), 'strong')],
    [span(`${count(state.step)}`, 'strong'), span(` / ${count(state.run?.totalSteps)} steps`, 'dim')],
    [span(count(state.speed.now ?? state.speed.mean), 'strong'), span(' steps/s', 'dim')],
    [span(duration(seconds)), span(' elapsed', 'dim')],
    [span(duration(remaining(state))), span(' left', 'dim')],
  ]
  const text = packed(numbers, Math.max(0, width - 12), 2)
  const room = width - lineCells(text) - 1
  return [...bar(share ?? 0, room), span(' '), ...text]
}

function bar(share: number, width: number): readonly Span[] {
  const done = Math.round(Math.min(1, Math.max(0, share)) * Math.max(0, width))
  return [span(BAR.done.repeat(done), 'accent'), span(BAR.rest.repeat(Math.max(0, width - done)), 'frame')]
}

/** Share of the run's steps that are done, or null when nobody knows. */
export function progressOf({ run, step }: DashboardState): number | null {
  return run !== null && run.totalSteps > 0 ? Math.min(1, step / run.totalSteps) : null
}

/** The run's own seconds, moved on by the dashboard's clock while it works. */
function elapsed({ result, seconds }: DashboardState, view: DashboardView): number | null {
  if (result !== null) return result.seconds
  return seconds === null && view.seconds === null ? null : Math.max(seconds ?? 0, view.seconds ?? 0)
}

function remaining({ run, step, speed, result }: DashboardState): number | null {
  const perSecond = speed.now ?? speed.mean
  if (result !== null) return 0
  return run === null || perSecond === null || perSecond <= 0 ? null : Math.max(0, run.totalSteps - step) / perSecond
}
