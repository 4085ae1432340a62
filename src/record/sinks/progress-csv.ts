/**
 * `progress.csv` for spreadsheets: one row per update and one per evaluation (its `update` cell is empty); no number = an empty cell.
 *
 * Columns: step, update, every metric of the catalog in its order, then layers and groups by name. They are the same from the first row
 * to the last; should a metric appear later after all, the file is written anew, whole and at once, with the wider header.
 */
import { readFileSync } from 'node:fs'
import { CATALOG } from '../../core/catalog.js'
import type { Metrics } from '../../core/events.js'
import { type AppendFile, openAppendFile } from '../append-file.js'
import { writeAtomically } from '../atomic-file.js'
import { onDisk } from '../disk.js'
import { printable } from '../printable.js'
import { type Sink, type SinkOptions, withDefaults } from './sink.js'

export interface ProgressRow {
  readonly step: number
  /** null for an evaluation. */
  readonly update: number | null
  readonly metrics: Metrics
}

const MOST_WAITING = 10_000 // rows kept while the wider file cannot be written
const FIRST = ['step', 'update', ...Object.keys(CATALOG)]

/** @param history rows before this process, when an earlier run goes on  @throws FileError when the file cannot be written */
export function progressCsv(path: string, history: readonly ProgressRow[] = [], options: SinkOptions = {}): Sink {
  const { attempt, disk, mayWait } = withDefaults(options)
  let columns: readonly string[] = withNames(FIRST, namesOf(history))
  let known = new Set(columns)
  let file = begin([headerLine(columns), ...history.map((row) => line(columns, row))])
  let waiting: ProgressRow[] = []

  function begin(lines: readonly string[]): AppendFile {
    writeAtomically(path, lines.join(''), disk)
    return openAppendFile(path, { disk })
  }

  function widen(wider: readonly string[]): void {
    file.flush()
    const rows = onDisk('read', path, () => readFileSync(path, 'utf8'))
      .split('\n')
      .slice(1, -1)
    const places = wider.map((name) => columns.indexOf(name))
    const before = file
    file = begin([headerLine(wider), ...rows.map((row) => movedCells(row, places))])
    before.close()
    columns = wider
    known = new Set(wider)
  }

  function writeWaiting(): void {
    const late = strangers(waiting, known)
    if (late.length > 0) widen(withNames(columns, late))
    for (const row of waiting) file.append(line(columns, row))
    waiting = []
    if (!mayWait()) file.flush()
  }

  return {
    handle(event) {
      if (event.kind !== 'update' && event.kind !== 'evaluation') return
      const { step, metrics } = event
      waiting.push({ step, update: event.kind === 'update' ? event.update : null, metrics })
      if (waiting.length > MOST_WAITING) waiting.shift()
      attempt(path, writeWaiting)
    },
    async close() {
      attempt(path, () => {
        try {
          if (waiting.length > 0) writeWaiting()
        } finally {
          file.close()
        }
      })
    },
  }
}

function strangers(rows: readonly ProgressRow[], known: ReadonlySet<string>): string[] {
  const found: string[] = []
  for (const { metrics } of rows) for (const name in metrics) if (!known.has(name)) found.push(name)
  return found
}

function namesOf(rows: readonly ProgressRow[]): string[] {
  return rows.flatMap(({ metrics }) => Object.keys(metrics))
}

/** `columns` and then the new names, sorted. */
function withNames(columns: readonly string[], names: readonly string[]): string[] {
  const known = new Set(columns)
  return [...columns, ...[...new Set(names)].filter((name) => !known.has(name)).sort()]
}

function line(columns: readonly string[], { step, update, metrics }: ProgressRow): string {
  const cells = columns.map((name) => cell(name === 'step' ? step : name === 'update' ? update : metrics[name]))
  return `${cells.join(',')}\n`
}

const cell = (value: number | null | undefined): string => (typeof value === 'number' && Number.isFinite(value) ? String(value) : '')

/** Names hold no commas or quotes, but nobody has promised it (RFC 4180). */
function headerLine(columns: readonly string[]): string {
  return `${columns.map((name) => (/[",]/.test(name) ? `"${printable(name).replaceAll('"', '""')}"` : printable(name))).join(',')}\n`
}

/** Cells are numbers or empty: a comma always parts two. */
function movedCells(row: string, places: readonly number[]): string {
  const cells = row.split(',')
  return `${places.map((place) => cells[place] ?? '').join(',')}\n`
}
