/**
 * The dashboard of a run in a terminal: events in, frames out, keys to the run. Painting costs at most a fixed share of the time, so a run
 * is as fast with it as without; the events themselves cost a few microseconds each.
 * The run's loop must come back to the event loop between updates (`await setImmediate()`), or keys are heard only at its end.
 */
import type { RunEvent } from '../core/events.js'
import { openLive, type TerminalOutput } from './live.js'
import { loadInk } from './load-ink.js'
import { initialState, reduce } from './state.js'
import { summary } from './summary.js'
import { terminalTheme } from './terminal.js'
import type { Theme } from './theme.js'
import { initialView, press } from './view.js'

export interface DashboardOptions {
  readonly stdout: TerminalOutput
  readonly stdin: NodeJS.ReadStream
  /** Monotonic, milliseconds. */
  readonly clock: () => number
  /** `q`: end after this update, save, leave. */
  readonly onQuit: () => void
  /** Ctrl-C, which in a raw terminal is a key and no signal; the second one should leave at once. Default: onQuit. */
  readonly onInterrupt?: () => void
  /** Space. Without it the run cannot pause. */
  readonly onPause?: (paused: boolean) => void
  /** `v`: whether drawings are wanted. */
  readonly onPreview?: (wanted: boolean) => void
  /** Share of the wall time that painting may take. Default 0.025. */
  readonly budget?: number
  /** For the header. */
  readonly runName?: string
  /** For the summary at the end. */
  readonly folder?: string
  /** Default: what the environment variables say. */
  readonly theme?: Theme
}

export interface RunningDashboard {
  handle(event: RunEvent): void
  /** Shows the last frame, puts the terminal back as it was, and leaves a summary there. Works once. */
  stop(): void
  /** What painting has cost so far, milliseconds. */
  readonly cost: () => { readonly mean: number; readonly total: number; readonly frames: number }
}

/** Takes over the terminal. Ask `canUseTui` first. */
export async function startDashboard(options: DashboardOptions): Promise<RunningDashboard> {
  const { stdout, stdin, clock, onQuit, onInterrupt = onQuit, onPause, onPreview, budget = 0.025, runName = '', folder } = options
  const theme = options.theme ?? terminalTheme(process.env)
  const ink = await loadInk()
  const startedAt = clock()
  let state = initialState()
  let view = initialView({ canPause: onPause !== undefined, runName })
  let stopped = false

  const act = (key: string): void => {
    const { view: next, command } = press(view, key, state.groups.length)
    view = next
    if (command === 'quit') onQuit()
    else if (command === 'interrupt') onInterrupt()
    else if (command === 'pause' || command === 'resume') onPause?.(command === 'pause')
    else if (command === 'preview-on' || command === 'preview-off') onPreview?.(command === 'preview-on')
    else if (command === 'redraw') live.redraw()
    live.paint()
  }
  const live = openLive(ink, {
    stdout,
    stdin,
    clock,
    budget,
    draw: (size) => {
      view = { ...view, seconds: (clock() - startedAt) / 1000 }
      return ink.createElement(ink.Dashboard, { state, view, theme, ...size })
    },
    onKey: act,
    onConsole: (message) => {
      state = reduce(state, { kind: 'warning', step: state.step, message })
    },
    onFailure: (error) => live.write(`The dashboard stopped, the run goes on: ${error.message}\n`),
  })

  return {
    handle: (event) => {
      state = reduce(state, event)
      if (!stopped) live.changed()
    },
    stop: () => {
      if (stopped) return
      stopped = true
      live.close()
      live.write(summary(state, theme, folder))
    },
    cost: live.cost,
  }
}
