/**
 * JSON Lines: one object a line, appended. The end of the last line may be missing after a crash; readers leave it out and say so.
 * Positions are byte offsets, so that a watcher can read on from where it was and a resumed run can cut back to its checkpoint.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { RunError } from '../core/errors.js'
import type { Json, JsonObject } from '../core/json.js'
import { type AppendFile, type AppendOptions, openAppendFile } from './append-file.js'
import { onDisk } from './disk.js'
import { parseJson } from './strict-json.js'

const PIECE = 2 ** 18 // bytes read at once
const LONGEST_LINE = 16 * 2 ** 20 // bytes
const NEWLINE = 0x0a

export interface JsonLines extends Omit<AppendFile, 'append'> {
  append(row: JsonObject): void
}

export interface LinesRead {
  readonly rows: readonly JsonObject[]
  /** Byte where reading began: `from`, or 0 when the file has become shorter than that. */
  readonly start: number
  /** Byte after the last whole line: where to read on. */
  readonly end: number
  /** True when the file goes on with a line that has no end. */
  readonly torn: boolean
}

/** Opens `path` for appending. A torn last line is cut off first, so that no row ever grows onto it. @throws FileError */
export function openJsonLines(path: string, options: AppendOptions = {}): JsonLines {
  const file = openAppendFile(path, { ...options, keep: wholeLines(path, options.keep ?? Number.POSITIVE_INFINITY) })
  return {
    path,
    get size() {
      return file.size
    },
    append: (row) => file.append(`${JSON.stringify(row)}\n`),
    flush: file.flush,
    sync: file.sync,
    close: file.close,
  }
}

/** All whole lines from byte `from` on. @throws FileError; RunError when a whole line is not a JSON object */
export function readJsonLines(path: string, from = 0): LinesRead {
  const rows: JsonObject[] = []
  const { start, end, size } = eachLine(path, from, Number.POSITIVE_INFINITY, (line, number) => {
    const where = `${path}, line ${number}${from > 0 ? ` after byte ${from}` : ''}`
    const row = parseJson(line.toString('utf8'), where)
    if (!isObject(row)) throw new RunError(`${where}: expected an object, found ${Array.isArray(row) ? 'a list' : typeof row}`)
    rows.push(row)
  })
  return { rows, start, end, torn: size > end }
}

/** Bytes of the whole lines among the first `most` bytes; 0 when there is no file. */
function wholeLines(path: string, most: number): number {
  try {
    return eachLine(path, 0, most, () => {}).end
  } catch (error) {
    if (error instanceof RunError && (error.cause as NodeJS.ErrnoException | undefined)?.code === 'ENOENT') return 0
    throw error
  }
}

function eachLine(path: string, from: number, most: number, visit: (line: Buffer, number: number) => void) {
  const file = onDisk('read', path, () => openSync(path, 'r'))
  try {
    const size = onDisk('read', path, () => fstatSync(file).size)
    const start = from > size ? 0 : from
    const stop = Math.min(size, most)
    const piece = Buffer.alloc(PIECE)
    let held = Buffer.alloc(0)
    let end = start
    let number = 0
    for (let at = start; at < stop; ) {
      const count = onDisk('read', path, () => readSync(file, piece, 0, Math.min(PIECE, stop - at), at))
      if (count === 0) break
      at += count
      const bytes = Buffer.concat([held, piece.subarray(0, count)])
      let lineStart = 0
      for (let newline = bytes.indexOf(NEWLINE); newline >= 0; newline = bytes.indexOf(NEWLINE, lineStart)) {
        number++
        if (newline > lineStart) visit(bytes.subarray(lineStart, newline), number)
        end += newline + 1 - lineStart
        lineStart = newline + 1
      }
      held = bytes.subarray(lineStart)
      if (held.length > LONGEST_LINE) throw new RunError(`${path}: expected lines of at most ${LONGEST_LINE} bytes, found a longer one`)
    }
    return { start, end, size }
  } finally {
    closeSync(file)
  }
}

function isObject(value: Json): value is JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}
