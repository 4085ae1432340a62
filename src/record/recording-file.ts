/**
 * `.rec`: one recorded episode, readable up to the point where a file was damaged or cut off.
 *
 *   magic (8) · version u32, then compressed chunks (gzip-chunk.ts)
 *   chunk 0: JSON bytes u32 · JSON header · first observation [D]
 *   others, up to 256 steps each: rewards [n] f64 · observations after the steps [n, D] · actions [n, A] · values [n] · log-probs [n] f32
 *
 * Key idea: a chunk holds what its steps led to, so that every prefix of chunks is a whole, shorter episode. Little-endian. A chunk's
 * inflated size follows from the header and is the cap for inflating it. Same recording, same bytes (for one version of zlib).
 */
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { RunError } from '../core/errors.js'
import type { EpisodeRecording } from '../core/events.js'
import { writeAtomically } from './atomic-file.js'
import { type Disk, nodeDisk, onDisk } from './disk.js'
import { openChunk, packChunk, uint32 } from './gzip-chunk.js'
import { anyJson, conform, exactJson, parseJson } from './strict-json.js'

const MAGIC = Buffer.from([0x93, 0x54, 0x52, 0x45, 0x43, 0x0d, 0x0a, 0x1a]) // "\x93TREC\r\n\x1a"
const VERSION = 1
const PRELUDE = 12 // bytes: magic and version
const CHUNK_STEPS = 256
const CHUNK_BYTES = 2 ** 20 // inflated; a single larger step gets a chunk of its own
const MOST_HEADER = 16 * 2 ** 20 // bytes of chunk 0, inflated
const MOST_INFLATED = 2 ** 28 // bytes of all frames
const MOST_FILE = 2 ** 30 // bytes

export interface RecordingRead {
  /** `length` and `return` are those of the steps that could be read; `end` is how the episode ended when it was recorded. */
  readonly recording: EpisodeRecording
  /** False when the file is damaged or cut off: the recording is a beginning of the episode. */
  readonly complete: boolean
  /** What is wrong, in one line; null when all is well. */
  readonly warning: string | null
}

const size = z
  .int()
  .gte(1)
  .lte(2 ** 20)
const headerSchema = z.strictObject({
  env: z.string().max(200),
  envOptions: anyJson,
  seed: z.number(),
  episode: z.int().gte(0),
  start: anyJson,
  length: z.int().gte(1),
  return: z.number().nullable(),
  end: z.enum(['terminated', 'truncated']),
  actionKind: z.enum(['discrete', 'continuous']),
  observationSize: size,
  actionSize: size,
})
type Header = z.output<typeof headerSchema>

/** `ep-000050.rec` */
export const recordingName = (episode: number): string => `ep-${String(episode).padStart(6, '0')}.rec`

/** @returns the path  @throws FileError; RunError when the recording is too large */
export function writeRecording(folder: string, recording: EpisodeRecording, disk: Disk = nodeDisk): string {
  const path = join(folder, recordingName(recording.episode))
  writeAtomically(path, encodeRecording(recording), disk)
  return path
}

/** @throws FileError; RunError when not even one step can be read */
export function readRecording(path: string): RecordingRead {
  const bytes = onDisk('read', path, () => {
    const found = statSync(path)
    if (!found.isFile() || found.size > MOST_FILE) throw new RunError(`${path}: expected a recording of at most ${MOST_FILE} bytes`)
    return readFileSync(path)
  })
  return decodeRecording(bytes, path)
}

export function encodeRecording(recording: EpisodeRecording): Uint8Array {
  checkLengths(recording)
  const { observations, actions, rewards, values, logProbs, ...header } = recording
  const where = `recording of episode ${header.episode}`
  conform(headerSchema, header, where)
  const { length, observationSize: D, actionSize: A } = header
  const json = Buffer.from(exactJson(ordered(header), where))
  if (json.length + 4 * D > MOST_HEADER || length * bytesPerStep(header) > MOST_INFLATED) {
    throw new RunError(
      `${where}: ${length} steps of ${bytesPerStep(header)} bytes are more than a recording may hold (${MOST_INFLATED} bytes)`,
    )
  }
  const prelude = Buffer.alloc(PRELUDE)
  MAGIC.copy(prelude)
  prelude.writeUInt32LE(VERSION, MAGIC.length)
  const chunks = [prelude, ...packChunk(Buffer.concat([uint32(json.length), json, bytesOf(observations.subarray(0, D))]))]
  const steps = stepsPerChunk(header)
  for (let from = 0; from < length; from += steps) {
    const to = Math.min(from + steps, length)
    const columns = [
      rewards.subarray(from, to),
      observations.subarray((from + 1) * D, (to + 1) * D),
      actions.subarray(from * A, to * A),
      values.subarray(from, to),
      logProbs.subarray(from, to),
    ]
    chunks.push(...packChunk(Buffer.concat(columns.map(bytesOf))))
  }
  return Uint8Array.from(Buffer.concat(chunks)) // not a Buffer: its slice() would be a view
}

/** @param file how to call it in messages  @throws RunError when not even one step can be read */
export function decodeRecording(bytes: Uint8Array, file: string): RecordingRead {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  checkPrelude(buffer, file)
  const first = openChunk(buffer, PRELUDE, { atMost: MOST_HEADER })
  if (typeof first === 'string') throw new RunError(`${file}: expected the header of a recording, found ${first}`)
  const { header, observation } = readHeader(first.content, file)
  const { length, observationSize: D, actionSize: A } = header

  const parts: Buffer[] = []
  let read = 0
  let at = first.end
  let trouble: string | null = null
  while (read < length) {
    const steps = Math.min(stepsPerChunk(header), length - read)
    const found = openChunk(buffer, at, { exactly: steps * bytesPerStep(header) })
    if (typeof found === 'string') {
      trouble = `${file}: ${found} after step ${read} of ${length}; the rest of the episode is lost`
      break
    }
    parts.push(found.content)
    read += steps
    at = found.end
  }
  if (read === 0) throw new RunError(`${file}: expected the steps of an episode, found none that can be read`)
  if (trouble === null && at < buffer.length)
    trouble = `${file}: ${buffer.length - at} bytes follow the end of the episode; they are ignored`

  const columns = {
    observations: new Float32Array((read + 1) * D),
    actions: new Float32Array(read * A),
    rewards: new Float64Array(read),
    values: new Float32Array(read),
    logProbs: new Float32Array(read),
  }
  columns.observations.set(observation)
  let step = 0
  for (const part of parts) {
    const steps = part.length / bytesPerStep(header)
    let from = 0
    const take = (column: Float32Array | Float64Array, index: number, count: number) => {
      const size = count * column.BYTES_PER_ELEMENT
      new Uint8Array(column.buffer, index * column.BYTES_PER_ELEMENT, size).set(part.subarray(from, from + size))
      from += size
    }
    take(columns.rewards, step, steps)
    take(columns.observations, (step + 1) * D, steps * D)
    take(columns.actions, step * A, steps * A)
    take(columns.values, step, steps)
    take(columns.logProbs, step, steps)
    step += steps
  }
  const complete = read === length
  const sum = complete && header.return !== null ? header.return : columns.rewards.reduce((total, reward) => total + reward, 0)
  const recording = { ...header, length: read, return: sum, ...columns }
  return { recording, complete, warning: trouble }
}

function checkPrelude(buffer: Buffer, file: string): void {
  if (buffer.length < PRELUDE || !buffer.subarray(0, MAGIC.length).equals(MAGIC)) {
    throw new RunError(`${file}: expected a tau-rl recording, found ${buffer.length === 0 ? 'an empty file' : 'something else'}`)
  }
  const version = buffer.readUInt32LE(MAGIC.length)
  if (version !== VERSION) {
    throw new RunError(
      `${file}: expected recording version ${VERSION}, found ${version}${version > VERSION ? ', from a newer program' : ''}`,
    )
  }
}

function readHeader(content: Buffer, file: string): { header: Header; observation: Float32Array } {
  const jsonBytes = content.length < 4 ? Number.POSITIVE_INFINITY : content.readUInt32LE(0)
  if (jsonBytes > content.length - 4) throw new RunError(`${file}: expected a header inside its chunk, found a longer one`)
  const header = conform(headerSchema, parseJson(content.toString('utf8', 4, 4 + jsonBytes), file), file)
  const total = header.length * bytesPerStep(header)
  if (total > MOST_INFLATED)
    throw new RunError(`${file}: expected at most ${MOST_INFLATED} bytes of frames, found a header that says ${total}`)
  const observation = new Float32Array(header.observationSize)
  const rest = content.subarray(4 + jsonBytes)
  if (rest.length !== observation.byteLength) {
    throw new RunError(`${file}: expected a first observation of ${observation.byteLength} bytes, found ${rest.length}`)
  }
  new Uint8Array(observation.buffer).set(rest)
  return { header, observation }
}

function checkLengths(recording: EpisodeRecording): void {
  const { length, observationSize, actionSize } = recording
  const want = {
    observations: (length + 1) * observationSize,
    actions: length * actionSize,
    rewards: length,
    values: length,
    logProbs: length,
  }
  if (length < 1) throw new Error('internal: a recording without steps')
  for (const [name, count] of Object.entries(want)) {
    const got = recording[name as keyof typeof want].length
    if (got !== count) throw new Error(`internal: recording.${name} must hold ${count} numbers, got ${got}`)
  }
}

/** One order of keys, whoever made the recording: bytes must not depend on it. */
function ordered(header: Omit<EpisodeRecording, 'observations' | 'actions' | 'rewards' | 'values' | 'logProbs'>) {
  const { env, envOptions, seed, episode, start, length, end, actionKind, observationSize, actionSize } = header
  const sum = Number.isFinite(header.return) ? header.return : null
  return { env, envOptions, seed, episode, start, length, return: sum, end, actionKind, observationSize, actionSize }
}

const bytesPerStep = ({ observationSize, actionSize }: Pick<Header, 'observationSize' | 'actionSize'>): number =>
  8 + 4 * (observationSize + actionSize + 2)

const stepsPerChunk = (header: Pick<Header, 'observationSize' | 'actionSize'>): number =>
  Math.max(1, Math.min(CHUNK_STEPS, Math.floor(CHUNK_BYTES / bytesPerStep(header))))

const bytesOf = (array: Float32Array | Float64Array): Buffer => Buffer.from(array.buffer, array.byteOffset, array.byteLength)
