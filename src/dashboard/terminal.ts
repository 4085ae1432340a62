/** What the terminal can do, decided before anything is drawn: whether there is one at all, its colours, its characters, its size. */
import type { Theme } from './theme.js'

type Environment = Readonly<Record<string, string | undefined>>

export interface TerminalChoice {
  readonly stdout: { readonly isTTY?: boolean | undefined }
  readonly stdin: { readonly isTTY?: boolean | undefined; readonly setRawMode?: unknown }
  readonly env: Environment
  /** `tui: false` is `--no-tui`. */
  readonly flags?: { readonly tui?: boolean | undefined }
}

/** True when a full-screen display makes sense: a terminal at both ends, no CI, not TERM=dumb, no screen reader, not refused. */
export function canUseTui({ stdout, stdin, env, flags }: TerminalChoice): boolean {
  if (flags?.tui === false) return false
  if (stdout.isTTY !== true || stdin.isTTY !== true || typeof stdin.setRawMode !== 'function') return false
  return !inCi(env) && env['INK_SCREEN_READER'] !== 'true' && env['TERM'] !== 'dumb' && env['TERM'] !== ''
}

/** Colours by FORCE_COLOR, NO_COLOR and TERM, in this order; Unicode unless the locale says otherwise. */
export function terminalTheme(env: Environment): Theme {
  return { colour: colourOf(env), unicode: isUnicode(env) }
}

/** Columns and rows; a terminal that does not say has 80 × 24. */
export function terminalSize(stdout: { readonly columns?: number | undefined; readonly rows?: number | undefined }): {
  readonly columns: number
  readonly rows: number
} {
  return { columns: stdout.columns || 80, rows: stdout.rows || 24 }
}

function colourOf(env: Environment): Theme['colour'] {
  const forced = env['FORCE_COLOR']
  if (forced !== undefined) return forced === '0' || forced === 'false' ? 'none' : forced === '2' || forced === '3' ? '256' : '16'
  if (env['NO_COLOR']) return 'none'
  const term = env['TERM'] ?? ''
  return /256|direct|kitty|ghostty|alacritty/.test(term) || env['COLORTERM'] || env['WT_SESSION'] ? '256' : '16'
}

/** Containers often have no locale at all yet a modern terminal, so only a locale that names another encoding, and the kernel's console, say no. */
function isUnicode(env: Environment): boolean {
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG']
  return locale ? /utf-?8/i.test(locale) : env['TERM'] !== 'linux'
}

function inCi(env: Environment): boolean {
  const value = env['CI'] ?? env['CONTINUOUS_INTEGRATION']
  return value !== undefined && value !== '' && value !== '0' && value !== 'false'
}
