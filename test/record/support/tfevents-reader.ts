/**
 * Reads TensorBoard event files, written apart from the writer: the checksum is computed bit by bit, messages by the rules of protocol
 * buffers. Throws on anything that does not add up.
 */
export interface ReadEvent {
  readonly wallTime: number
  readonly step: number
  readonly version: string | null
  readonly sessionStart: boolean
  readonly scalars: Readonly<Record<string, number>>
  /** Absent: the event has none. */
  readonly histograms?: Readonly<Record<string, ReadHistogram>>
}

/** min, max, num, sum and sum of squares, then the buckets. */
export interface ReadHistogram {
  readonly moments: readonly number[]
  readonly limits: readonly number[]
  readonly counts: readonly number[]
}

export function readTfevents(bytes: Buffer): ReadEvent[] {
  const events: ReadEvent[] = []
  for (let at = 0; at < bytes.length; ) {
    const length = Number(bytes.readBigUInt64LE(at))
    if (bytes.readUInt32LE(at + 8) !== masked(bytes.subarray(at, at + 8))) throw new Error(`length checksum at ${at}`)
    const message = bytes.subarray(at + 12, at + 12 + length)
    if (message.length !== length) throw new Error(`torn record at ${at}`)
    if (bytes.readUInt32LE(at + 12 + length) !== masked(message)) throw new Error(`data checksum at ${at}`)
    events.push(readEvent(message))
    at += 16 + length
  }
  return events
}

function readEvent(message: Buffer): ReadEvent {
  const fields = readMessage(message)
  const scalars: [tag: string, value: number][] = []
  const histograms: [tag: string, value: ReadHistogram][] = []
  for (const summary of fields.get(5) ?? []) {
    for (const value of readMessage(summary as Buffer).get(1) ?? []) {
      const parts = readMessage(value as Buffer)
      const tag = (parts.get(1)![0] as Buffer).toString('utf8')
      const histo = parts.get(5)?.[0] as Buffer | undefined
      if (histo) histograms.push([tag, readHistogram(histo)])
      else scalars.push([tag, (parts.get(2)![0] as Buffer).readFloatLE(0)])
    }
  }
  const session = fields.get(7)?.[0] as Buffer | undefined
  return {
    wallTime: (fields.get(1)![0] as Buffer).readDoubleLE(0),
    step: Number(fields.get(2)?.[0] ?? 0n),
    version: (fields.get(3)?.[0] as Buffer | undefined)?.toString('utf8') ?? null,
    sessionStart: session !== undefined && readMessage(session).get(1)?.[0] === 1n,
    scalars: Object.fromEntries(scalars),
    ...(histograms.length > 0 && { histograms: Object.fromEntries(histograms) }),
  }
}

function readHistogram(message: Buffer): ReadHistogram {
  const fields = readMessage(message)
  const packed = (field: number) => {
    const bytes = fields.get(field)![0] as Buffer
    return Array.from({ length: bytes.length / 8 }, (_, i) => bytes.readDoubleLE(8 * i))
  }
  return { moments: [1, 2, 3, 4, 5].flatMap(packed), limits: packed(6), counts: packed(7) }
}

function readMessage(message: Buffer): Map<number, (bigint | Buffer)[]> {
  const fields = new Map<number, (bigint | Buffer)[]>()
  let at = 0
  const varint = (): bigint => {
    let value = 0n
    for (let shift = 0n; ; shift += 7n) {
      const byte = message.readUInt8(at++)
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return value
    }
  }
  const bytes = (length: number): Buffer => {
    if (at + length > message.length) throw new Error('field longer than its message')
    at += length
    return message.subarray(at - length, at)
  }
  while (at < message.length) {
    const key = Number(varint())
    const wire = key & 7
    const value = wire === 0 ? varint() : wire === 1 ? bytes(8) : wire === 2 ? bytes(Number(varint())) : wire === 5 ? bytes(4) : null
    if (value === null) throw new Error(`wire type ${wire}`)
    fields.set(key >> 3, [...(fields.get(key >> 3) ?? []), value])
  }
  return fields
}

function masked(bytes: Uint8Array): number {
  let crc = 0xffffffffn
  for (const byte of bytes) {
    crc ^= BigInt(byte)
    for (let bit = 0; bit < 8; bit++) crc = crc & 1n ? (crc >> 1n) ^ 0x82f63b78n : crc >> 1n
  }
  crc ^= 0xffffffffn
  return Number((((crc >> 15n) | (crc << 17n)) + 0xa282ead8n) & 0xffffffffn)
}
