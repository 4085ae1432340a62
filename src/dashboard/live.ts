/**
 * An Ink component on the terminal's alternate screen, painted when there is something new and the budget allows it.
 *
 * Ink lays out and listens to the keys; it does not write to the terminal. In its debug mode it hands over each frame as plain rows, and
 * screen.ts shows them: Ink's own writer clears the screen and its history when a frame is too high, erases every row of every frame, and
 * its incremental mode spoils the picture (6.8). Painting is pulled, by events and by a timer, and never pushed by a metric.
 * The screen is put back on every way out: `close`, the end of the process, a signal (which Ink hears), an error while drawing.
 */
import { EventEmitter } from 'node:events'
import type { ReactNode } from 'react'
import { captureConsole } from './capture-console.js'
import type { InkParts } from './load-ink.js'
import { paintBudget } from './paint-budget.js'
import { openScreen } from './screen.js'
import { terminalSize } from './terminal.js'

/** The parts of a terminal's output stream that are used. */
export interface TerminalOutput {
  write(text: string): unknown
  readonly columns?: number | undefined
  readonly rows?: number | undefined
  readonly isTTY?: boolean | undefined
  on(event: 'resize' | 'error', listener: (error: Error) => void): unknown
  off(event: 'resize' | 'error', listener: (error: Error) => void): unknown
}

export interface LiveOptions {
  readonly stdout: TerminalOutput
  readonly stdin: NodeJS.ReadStream
  /** Monotonic, milliseconds. */
  readonly clock: () => number
  /** Share of the wall time that painting may take. */
  readonly budget: number
  /** Milliseconds at least between two paints. Default 100. */
  readonly interval?: number
  readonly draw: (size: { readonly columns: number; readonly rows: number }) => ReactNode
  /** Names of keys as live-root.tsx gives them. */
  readonly onKey: (key: string) => void
  /** Something was printed through `console`, which the screen keeps back until it is gone. */
  readonly onConsole?: (text: string) => void
  /** The screen is gone though nobody asked for it: something failed while drawing. */
  readonly onFailure: (error: Error) => void
}

export interface LiveScreen {
  /** There is something new to show. */
  changed(): void
  /** Shows it at once: an answer to a key. */
  paint(): void
  /** Writes every row anew at the next paint. */
  redraw(): void
  /** Writes to the terminal outside the screen, if it is still there: for after `close`. */
  write(text: string): void
  /** Shows the last frame, then puts the terminal back as it was. */
  close(): void
  /** Milliseconds that painting has taken: mean of a frame, and all frames. */
  readonly cost: () => { readonly mean: number; readonly total: number; readonly frames: number }
}

export function openLive(ink: InkParts, options: LiveOptions): LiveScreen {
  const { stdout, stdin, clock, budget: share, draw, onKey, onFailure } = options
  let broken = false // the terminal went away; writing on would only fail again
  const write = (text: string): void => {
    if (broken) return
    try {
      stdout.write(text)
    } catch {
      broken = true
    }
  }
  // It stays to the end: a terminal may also go away after the screen was left, which is no reason to crash.
  stdout.on('error', () => {
    broken = true
  })

  const screen = openScreen(write)
  let open = true
  let dirty = false
  let frames = 0
  let timer: NodeJS.Timeout | undefined
  const store = ink.rowStore()
  const budget = paintBudget(share, clock(), options.interval)

  const leave = (): void => {
    open = false
    clearTimeout(timer)
    process.off('exit', leave)
    stdout.off('resize', onResize)
    screen.leave()
    releaseConsole()
  }
  const onResize = (): void => {
    screen.clear()
    paint()
  }
  const paint = (): void => {
    if (!open) return
    const start = clock()
    dirty = false
    frames++
    if (frames % REFRESH === 0) screen.refresh()
    store.clear()
    instance.rerender(tree())
    budget.spent(start, clock())
    wake()
  }
  const pull = (): void => {
    if (open && dirty && budget.due(clock())) paint()
  }
  /** A timer for when nothing happens for a while; training that never pauses paints through `changed`. */
  const wake = (): void => {
    clearTimeout(timer)
    if (!open) return
    timer = setTimeout(
      () => {
        dirty = true
        pull()
        wake()
      },
      Math.max(IDLE, budget.wait(clock())),
    )
    timer.unref()
  }
  const tree = (): ReactNode =>
    ink.createElement(ink.LiveRoot, { onKey, onUnmount: leave, listen: stdin.isTTY === true, store }, draw(terminalSize(stdout)))

  const releaseConsole = captureConsole((text) => options.onConsole?.(text))
  process.on('exit', leave)
  stdout.on('resize', onResize)
  const instance = ink.render(tree(), {
    stdout: new FrameReceiver(stdout, (frame) => {
      if (open)
        screen.paint(
          store
            .resolve(frame)
            .split('\n')
            .slice(0, Math.max(1, terminalSize(stdout).rows - 1)),
        )
    }) as unknown as NodeJS.WriteStream,
    stdin,
    debug: true,
    exitOnCtrlC: false,
    patchConsole: false,
    isScreenReaderEnabled: false,
  })
  instance.waitUntilExit().catch((error: unknown) => {
    leave()
    onFailure(error instanceof Error ? error : new Error(String(error)))
  })
  wake()

  return {
    changed: () => {
      dirty = true
      pull()
    },
    paint,
    redraw: screen.clear,
    write,
    close: () => {
      if (open) paint()
      leave()
      instance.unmount()
      if (stdin.isTTY && stdin.isRaw) stdin.setRawMode(false)
      stdin.unref()
    },
    cost: () => ({ mean: budget.cost(), total: budget.total(), frames }),
  }
}

/** Frames after which all rows are written once: heals what a worker or a native library printed across the screen. */
const REFRESH = 50

/** Milliseconds between paints when nothing happens: the clock on the screen goes on. */
const IDLE = 500

/** What Ink takes for its stdout. It is no terminal, so Ink writes frames and nothing else. */
class FrameReceiver extends EventEmitter {
  readonly isTTY = false
  readonly #terminal: TerminalOutput
  readonly #receive: (frame: string) => void

  constructor(terminal: TerminalOutput, receive: (frame: string) => void) {
    super()
    this.#terminal = terminal
    this.#receive = receive
  }

  get columns(): number {
    return terminalSize(this.#terminal).columns
  }

  get rows(): number {
    return terminalSize(this.#terminal).rows
  }

  write(frame: string): boolean {
    this.#receive(frame)
    return true
  }
}
