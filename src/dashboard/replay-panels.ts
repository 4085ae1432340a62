/** The parts of the replay screen: where it stands, what the environment looked like, what the agent saw, did and expected. */
import type { Drawing } from '../../envs/canvas/canvas.js'
import type { Replay } from '../record/replay.js'
import { type Curve, chart } from './chart.js'
import { drawingLines } from './drawing-lines.js'
import { number } from './numbers.js'
import { BOX_HEIGHT, BOX_WIDTH, boxed } from './panels/panel.js'
import { frameOf, REPLAY_KEYS, type ReplayState } from './replay-state.js'
import { EMPTY_SERIES, type Point, points, push, type Series } from './series.js'
import { clean, fitLine, fitText, flowed, type Line, lineCells, packed, span, spread } from './text.js'
import { BAR } from './theme.js'

/** What there is to show, prepared once. */
export interface ReplaySource {
  readonly replay: Replay
  /** T + 1, or null when the environment cannot be drawn. */
  readonly drawings: readonly Drawing[] | null
  /** V(s_t) and the sum of rewards before t, over t. */
  readonly values: readonly Point[]
  readonly returns: readonly Point[]
}

export function replaySource(replay: Replay, drawings: readonly Drawing[] | null): ReplaySource {
  let values: Series = EMPTY_SERIES
  let returns: Series = EMPTY_SERIES
  for (let t = 0; t < replay.frames; t++) {
    const { value, returnSoFar } = replay.frame(t)
    if (value !== null) values = push(values, t, value)
    returns = push(returns, t, returnSoFar)
  }
  return { replay, drawings, values: points(values), returns: points(returns) }
}

type ReplayPanel = (source: ReplaySource, state: ReplayState, width: number, height: number) => readonly Line[]

/** Two lines: which episode, and the place in it. */
export const replayHeading: ReplayPanel = ({ replay: { recording } }, state, width) => {
  const word = state.playing ? span('PLAYING', 'good') : state.position >= state.length ? span('END', 'strong') : span('PAUSED', 'warn')
  const about = packed(
    [
      [span('τ ', 'accent'), span(clean(recording.env), 'strong')],
      [span(`episode ${recording.episode}`)],
      [span('return ', 'dim'), span(number(recording.return))],
      [span(`seed ${recording.seed}`, 'dim')],
      [span(recording.end, 'dim')],
    ],
    Math.max(0, width - 9),
  )
  const place: Line = [
    span(` ${frameOf(state)} / ${state.length}`, 'strong'),
    span(`  speed ${number(state.speed)}`, 'dim'),
    ...(state.loop ? [span('  loop', 'dim')] : []),
    ...(state.goTo === null ? [] : [span(`  go to step ${state.goTo}_`, 'warn')]),
  ]
  return [fitLine(spread(about, [word], width), width), fitLine([...timeline(state, width - lineCells(place)), ...place], width)]
}

function timeline(state: ReplayState, width: number): Line {
  if (width < 3) return []
  const done = Math.round((state.length > 0 ? Math.min(1, frameOf(state) / state.length) : 1) * width)
  return [span(BAR.done.repeat(done), 'accent'), span(BAR.rest.repeat(width - done), 'frame')]
}

export const replayDrawing: ReplayPanel = ({ replay, drawings }, state, width, height) => {
  const drawing = drawings?.[shownFrame(state, replay)]
  const content = drawing
    ? drawingLines(drawing, width - BOX_WIDTH, height - BOX_HEIGHT)
    : [[span('this environment has no drawing', 'dim')]]
  return boxed([span(clean(replay.recording.env), 'title')], content, width, height)
}

/** Action, reward, value, return and the observation of the frame. */
export const replayStep: ReplayPanel = ({ replay }, state, width, height) => {
  const frame = replay.frame(shownFrame(state, replay))
  const inner = width - BOX_WIDTH
  const row = (name: string, value: string): Line => [
    span(fitText(name, Math.min(15, Math.floor(inner / 2))), 'dim'),
    span(value, 'strong'),
  ]
  const probability = frame.logProb === null || replay.recording.actionKind !== 'discrete' ? '' : `  p ${number(Math.exp(frame.logProb))}`
  const lines: Line[] = [
    row('action', frame.action === null ? (frame.end ?? '–') : `${Array.from(frame.action, actionText).join(' ')}${probability}`),
    row('reward', number(frame.reward)),
    row('value', number(frame.value)),
    row('return so far', number(frame.returnSoFar)),
    ...observationRows(frame.observation, row, Math.max(0, height - BOX_HEIGHT - 4)),
  ]
  return boxed([span(`Step ${frame.t}`, 'title')], lines, width, height)
}

export const replayValues: ReplayPanel = ({ values }, state, width, height) =>
  curvePanel('Value', [{ points: values, role: 'after', style: 'line' }], state, width, height)

export const replayReturns: ReplayPanel = ({ returns }, state, width, height) =>
  curvePanel('Return so far', [{ points: returns, role: 'curve', style: 'line' }], state, width, height)

/** The numbers of a step without a box, for small windows. */
export const replayNumbers: ReplayPanel = ({ replay }, state, width, height) => {
  const { t, action, reward, value, returnSoFar } = replay.frame(shownFrame(state, replay))
  const parts: Line[] = [
    [span(`${t}/${state.length}`, 'strong')],
    [span('action ', 'dim'), span(action === null ? '–' : Array.from(action, actionText).join(' '))],
    [span('reward ', 'dim'), span(number(reward))],
    [span('value ', 'dim'), span(number(value))],
    [span('return ', 'dim'), span(number(returnSoFar))],
  ]
  return flowed(parts, width, height)
}

export const replayHelp: ReplayPanel = (_source, _state, width, height) => {
  const lines = REPLAY_KEYS.map(([key, meaning]): Line => [span(key.padEnd(8), 'key'), span(meaning)])
  return boxed([span('Help', 'title')], lines, width, height)
}

export const replayFooter: ReplayPanel = (_source, state, width) => {
  const hints = [
    ['q', 'leave'],
    ['space', state.playing ? 'pause' : 'play'],
    [', .', 'step'],
    ['← →', '5 s'],
    ['[ ]', 'speed'],
    ['?', 'help'],
    ['0-9', 'jump'],
    ['l', 'loop'],
  ] as const
  const parts = hints.map(([key, meaning]): Line => [span(key, 'key'), span(` ${meaning}`, 'dim')])
  return [fitLine([span(' '), ...packed(parts, Math.max(0, width - 2), 3)], width)]
}

function curvePanel(title: string, curves: readonly Curve[], state: ReplayState, width: number, height: number): readonly Line[] {
  const content = chart({
    width: width - BOX_WIDTH,
    height: height - BOX_HEIGHT,
    curves,
    cursor: { x: frameOf(state), role: 'tau' },
    from: 0,
    to: state.length,
    steps: height >= 8,
  })
  return boxed([span(title, 'title')], content, width, height)
}

function observationRows(observation: Float32Array, row: (name: string, value: string) => Line, room: number): readonly Line[] {
  const fits = observation.length <= room
  const shown = Array.from(observation.subarray(0, fits ? observation.length : Math.max(0, room - 1)))
  const rows = shown.map((value, i) => row(`observation ${i}`, number(value)))
  return fits || room === 0 ? rows : [...rows, [span(`and ${observation.length - shown.length} more`, 'dim')]]
}

/** While a loop holds the last frame, the position is already past it. */
const shownFrame = (state: ReplayState, replay: Replay): number => Math.min(frameOf(state), replay.frames - 1)

const actionText = (value: number): string => (Number.isInteger(value) ? String(value) : number(value))
