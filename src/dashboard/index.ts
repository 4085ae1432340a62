/** What the command line needs of this room. Nothing here loads Ink or React before a screen is opened. */
export { type EventLog, type LogFormat, type PlainLogOptions, plainLog } from './plain-log.js'
export { type QuietWriter, quietWriter, type WritableLike } from './quiet-writer.js'
export { replayTable } from './replay-table.js'
export { type DashboardOptions, type RunningDashboard, startDashboard } from './run-dashboard.js'
export { type ReplayOptions, startReplay } from './run-replay.js'
export { type DashboardState, initialState, reduce } from './state.js'
export { canUseTui, type TerminalChoice, terminalTheme } from './terminal.js'
export type { Theme } from './theme.js'
