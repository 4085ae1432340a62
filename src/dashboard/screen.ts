/**
 * The terminal's alternate screen as rows of text. Only rows that changed are written, each at its own address, so nothing scrolls,
 * nothing is erased that stays, and a frame costs few bytes. Automatic wrapping is off meanwhile: while a window shrinks, rows that are
 * still too long are cut by the terminal instead of flowing into each other.
 * `leave` puts everything back; it is called on every way out of the process and works once.
 */

export interface Screen {
  /** Shows `rows` from the top; what was below them is cleared. */
  paint(rows: readonly string[]): void
  /** The next paint writes every row, in case something else wrote on the screen. */
  refresh(): void
  /** The same on an empty screen: after a resize. */
  clear(): void
  leave(): void
}

/** Enters the alternate screen. */
export function openScreen(write: (text: string) => void): Screen {
  let shown: readonly string[] = []
  let open = true
  write(ENTER)
  return {
    paint: (rows) => {
      if (!open) return
      const changes = difference(shown, rows)
      shown = rows
      if (changes !== '') write(BEGIN_SYNCHRONIZED + changes + END_SYNCHRONIZED)
    },
    refresh: () => {
      shown = []
    },
    clear: () => {
      shown = []
      if (open) write(CLEAR)
    },
    leave: () => {
      if (!open) return
      open = false
      write(LEAVE)
    },
  }
}

/** What turns the rows `before` into the rows `after` on the screen. A row is erased first: erasing behind a full row would take its last cell. */
export function difference(before: readonly string[], after: readonly string[]): string {
  let changes = ''
  for (let row = 0; row < after.length; row++) {
    if (before[row] !== after[row]) changes += `${ESC}[${row + 1};1H${ESC}[2K${after[row]}`
  }
  if (before.length > after.length) changes += `${ESC}[${after.length + 1};1H${ESC}[J`
  return changes
}

const ESC = '\u001b'
const CLEAR = `${ESC}[0m${ESC}[2J${ESC}[H`
/** Alternate screen, cursor hidden, no automatic wrapping. */
const ENTER = `${ESC}[?1049h${ESC}[?25l${ESC}[?7l${CLEAR}`
const LEAVE = `${ESC}[0m${ESC}[?7h${ESC}[?25h${ESC}[?1049l`
/** Terminals that know it show the frame at once (mode 2026); the others ignore it. */
const BEGIN_SYNCHRONIZED = `${ESC}[?2026h`
const END_SYNCHRONIZED = `${ESC}[?2026l`
