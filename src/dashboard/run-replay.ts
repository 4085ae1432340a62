/** Plays a recorded episode in the terminal until the person leaves. */
import type { Drawing } from '../../envs/canvas/canvas.js'
import type { Replay } from '../record/replay.js'
import { openLive, type TerminalOutput } from './live.js'
import { loadInk } from './load-ink.js'
import { replaySource } from './replay-panels.js'
import { advance, initialReplay, pressReplay, type ReplayCommand, type ReplayState } from './replay-state.js'
import { terminalTheme } from './terminal.js'
import type { Theme } from './theme.js'

export interface ReplayOptions {
  readonly replay: Replay
  /** One per frame, or null when the environment cannot be drawn. */
  readonly drawings: readonly Drawing[] | null
  readonly stdout: TerminalOutput
  readonly stdin: NodeJS.ReadStream
  /** Monotonic, milliseconds. */
  readonly clock: () => number
  /** 1 = 30 steps per second. */
  readonly speed?: number
  readonly theme?: Theme
}

/**
 * Takes over the terminal (ask `canUseTui` first; `replayTable` is for the rest) and gives it back.
 * @returns why the person left: 'quit', or 'next' or 'previous' for another episode
 * @throws when the screen cannot be drawn
 */
export async function startReplay(options: ReplayOptions): Promise<Exclude<ReplayCommand, 'redraw'>> {
  const { replay, drawings, stdout, stdin, clock, speed = 1 } = options
  const theme = options.theme ?? terminalTheme(process.env)
  const ink = await loadInk()
  const source = replaySource(replay, drawings)
  let state: ReplayState = { ...initialReplay(replay.frames - 1), speed }
  let now = clock()
  return new Promise((resolve, reject) => {
    const leave = (command: 'quit' | 'next' | 'previous'): void => {
      clearInterval(timer)
      live.close()
      resolve(command)
    }
    const onKey = (key: string): void => {
      const pressed = pressReplay(state, key)
      state = pressed.state
      if (pressed.command === 'redraw') live.redraw()
      if (pressed.command === null || pressed.command === 'redraw') live.paint()
      else leave(pressed.command)
    }
    const live = openLive(ink, {
      stdout,
      stdin,
      clock,
      budget: 0.5, // nothing else needs the time
      interval: FRAME,
      draw: (size) => ink.createElement(ink.ReplayScreen, { source, state, theme, ...size }),
      onKey,
      onFailure: (error) => {
        clearInterval(timer)
        reject(error)
      },
    })
    const timer = setInterval(() => {
      const elapsed = clock() - now
      now += elapsed
      const next = advance(state, elapsed)
      if (next === state) return
      state = next
      live.changed()
    }, FRAME)
  })
}

const FRAME = 40 // ms, 25 frames per second
