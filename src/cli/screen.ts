/** What a person sees of a run: the dashboard where there is a terminal, plain text elsewhere. */
import type { RunEvent } from '../core/events.js'
import { type LogFormat, plainLog } from '../dashboard/plain-log.js'
import { quietWriter } from '../dashboard/quiet-writer.js'
import { canUseTui } from '../dashboard/terminal.js'
import type { Interrupt } from './interrupt.js'
import type { Terminal } from './terminal.js'

export interface Screen {
  /** The run's loop may yield drawings while this is true. */
  preview: boolean
  handle(event: RunEvent): void
  /** An event from before this process went on with the run: curves show it, a log does not repeat it. */
  recall(event: RunEvent): void
  /** Restores the terminal; more than once does no harm. */
  stop(): void
}

export interface ScreenOptions {
  readonly terminal: Terminal
  readonly interrupt: Interrupt
  /** `--no-tui` says false. */
  readonly tui: boolean
  readonly format: LogFormat | undefined
  readonly quiet: boolean
  readonly runName: string
  readonly folder: string
}

export async function openScreen(options: ScreenOptions): Promise<Screen> {
  const { terminal, tui, format, quiet } = options
  const full = format === undefined && !quiet && canUseTui({ ...terminal, flags: { tui } })
  return full ? dashboardScreen(options) : plainScreen(options)
}

async function dashboardScreen({ terminal, interrupt, runName, folder }: ScreenOptions): Promise<Screen> {
  const { startDashboard } = await import('../dashboard/run-dashboard.js')
  const dashboard = await startDashboard({
    stdout: terminal.stdout,
    stdin: terminal.stdin,
    clock: () => performance.now(),
    onQuit: () => interrupt.ask('key'),
    onInterrupt: () => interrupt.ask('SIGINT'),
    onPause: (paused) => {
      interrupt.control.paused = paused
    },
    onPreview: (wanted) => {
      screen.preview = wanted
    },
    runName,
    folder,
  })
  const screen: Screen = { preview: true, handle: dashboard.handle, recall: dashboard.handle, stop: dashboard.stop }
  return screen
}

function plainScreen({ terminal, interrupt, format = 'table', quiet, folder }: ScreenOptions): Screen {
  const writer = quietWriter(terminal.stdout, () => interrupt.ask('pipe'))
  const log = plainLog({ format, write: writer.write, clock: () => performance.now(), quiet, folder })
  return { preview: false, handle: log.handle, recall: () => {}, stop: () => {} }
}
