/** Reads an ONNX file and evaluates its graph in plain float64 loops: slow, obvious, and with nothing of ours that writes such files. */

/** Fields of a message by number: a varint or float as a number, everything else as bytes. */
type Fields = ReadonlyMap<number, readonly (bigint | number | Uint8Array)[]>

export interface Tensor {
  readonly shape: readonly number[]
  readonly data: readonly number[]
}

interface Node {
  readonly op: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes: Readonly<Record<string, number | readonly number[]>>
}

export interface Model {
  readonly irVersion: number
  readonly opset: number
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly metadata: Readonly<Record<string, string>>
  run(feeds: Readonly<Record<string, Tensor>>): Readonly<Record<string, Tensor>>
}

export function readOnnx(bytes: Uint8Array): Model {
  const model = fields(bytes)
  const graph = fields(one(model, 7))
  const constants = Object.fromEntries(all(graph, 5).map((tensor) => [string(fields(tensor), 8), readTensor(fields(tensor))]))
  const nodes = all(graph, 1).map(readNode)
  const names = (field: number) => all(graph, field).map((value) => string(fields(value), 1))
  const outputs = names(12)
  return {
    irVersion: Number(model.get(1)![0]),
    opset: Number(fields(one(model, 8)).get(2)![0]),
    inputs: names(11),
    outputs,
    metadata: Object.fromEntries(all(model, 14).map((entry) => [string(fields(entry), 1), string(fields(entry), 2)])),
    run(feeds) {
      const known = new Map<string, Tensor>(Object.entries({ ...constants, ...feeds }))
      for (const node of nodes) {
        const results = evaluate(
          node,
          node.inputs.map((name) => known.get(name)!),
        )
        results.forEach((result, i) => {
          known.set(node.outputs[i]!, result)
        })
      }
      return Object.fromEntries(outputs.map((name) => [name, known.get(name)!]))
    },
  }
}

/** [rows, columns] */
export const matrix = (data: ArrayLike<number>, rows: number): Tensor => ({ shape: [rows, data.length / rows], data: Array.from(data) })

function fields(bytes: Uint8Array): Fields {
  const found = new Map<number, (bigint | number | Uint8Array)[]>()
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let at = 0
  const varint = (): bigint => {
    let value = 0n
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++]!
      value |= BigInt(byte & 127) << shift
      if (byte < 128) return BigInt.asIntN(64, value)
    }
  }
  while (at < bytes.length) {
    const key = Number(varint())
    const wire = key & 7
    const list = found.get(key >> 3) ?? []
    found.set(key >> 3, list)
    if (wire === 0) list.push(varint())
    else if (wire === 2) {
      const length = Number(varint())
      list.push(bytes.subarray(at, at + length))
      at += length
    } else if (wire === 5) {
      list.push(view.getFloat32(at, true))
      at += 4
    } else throw new Error(`wire type ${wire} at byte ${at}`)
  }
  if (at !== bytes.length) throw new Error('the message is cut off')
  return found
}

const all = (from: Fields, field: number): Uint8Array[] => (from.get(field) ?? []) as Uint8Array[]
const one = (from: Fields, field: number): Uint8Array => all(from, field)[0]!
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)
const string = (from: Fields, field: number): string => text(one(from, field))

function readTensor(tensor: Fields): Tensor {
  const shape = (tensor.get(1) ?? []).map(Number)
  const raw = one(tensor, 9)
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength)
  const isFloat = Number(tensor.get(2)![0]) === 1
  const count = raw.byteLength / (isFloat ? 4 : 8)
  if (count !== shape.reduce((product, side) => product * side, 1)) throw new Error(`${count} numbers in a shape of ${shape}`)
  return {
    shape,
    data: Array.from({ length: count }, (_, i) => (isFloat ? view.getFloat32(4 * i, true) : Number(view.getBigInt64(8 * i, true)))),
  }
}

function readNode(bytes: Uint8Array): Node {
  const node = fields(bytes)
  const attributes = all(node, 5).map((attribute) => {
    const own = fields(attribute)
    const single = own.get(3) ?? own.get(2)
    return [string(own, 1), single ? Number(single[0]) : (own.get(8) ?? []).map(Number)] as const
  })
  return {
    op: string(node, 4),
    inputs: all(node, 1).map(text),
    outputs: all(node, 2).map(text),
    attributes: Object.fromEntries(attributes),
  }
}

function evaluate({ op, attributes }: Node, inputs: readonly Tensor[]): Tensor[] {
  const [a, b, c] = inputs as [Tensor, Tensor, Tensor]
  const map = (f: (x: number) => number): Tensor[] => [{ shape: a.shape, data: a.data.map(f) }]
  switch (op) {
    case 'Identity':
      return [a]
    case 'Add':
      return [broadcast(a, b, (x, y) => x + y)]
    case 'Sub':
      return [broadcast(a, b, (x, y) => x - y)]
    case 'Mul':
      return [broadcast(a, b, (x, y) => x * y)]
    case 'Div':
      return [broadcast(a, b, (x, y) => x / y)]
    case 'Min':
      return [broadcast(a, b, Math.min)]
    case 'Max':
      return [broadcast(a, b, Math.max)]
    case 'Greater':
      return [broadcast(a, b, (x, y) => (x > y ? 1 : 0))]
    case 'Where':
      return [{ shape: b.shape, data: b.data.map((x, i) => (a.data[i] === 1 ? x : c.data[0]!)) }]
    case 'Clip':
      return map((x) => Math.min(Math.max(x, b.data[0]!), c.data[0]!))
    case 'Tanh':
      return map(Math.tanh)
    case 'Relu':
      return map((x) => Math.max(x, 0))
    case 'Elu':
      return map((x) => (x < 0 ? Math.expm1(x) : x))
    case 'Gemm':
      return [gemm(a, b, c)]
    case 'Squeeze':
      return [{ shape: a.shape.filter((_, axis) => !b.data.includes(axis)), data: a.data }]
    case 'Split': {
      let from = 0
      return b.data.map((width) => {
        from += width
        return columns(a, from - width, width)
      })
    }
    case 'Concat': {
      const rows = a.shape[0]!
      const data = Array.from({ length: rows }, (_, row) => inputs.flatMap((part) => rowOf(part, row))).flat()
      return [{ shape: [rows, data.length / rows], data }]
    }
    case 'ArgMax': {
      const rows = a.shape[0]!
      const data = Array.from({ length: rows }, (_, row) => rowOf(a, row).indexOf(Math.max(...rowOf(a, row))))
      return [{ shape: attributes['keepdims'] === 1 ? [rows, 1] : [rows], data }]
    }
    default:
      throw new Error(`no operator ${op}`)
  }
}

/** b is as large as a, one row of it, or one number. */
function broadcast(a: Tensor, b: Tensor, f: (x: number, y: number) => number): Tensor {
  if (a.data.length % b.data.length !== 0 || (b.shape.length > 0 && b.shape.at(-1) !== a.shape.at(-1)))
    throw new Error(`${a.shape} with ${b.shape}`)
  return { shape: a.shape, data: a.data.map((x, i) => f(x, b.data[i % b.data.length]!)) }
}

function gemm(x: Tensor, w: Tensor, bias: Tensor): Tensor {
  const [rows, inner] = x.shape as [number, number]
  const width = w.shape[1]!
  if (w.shape[0] !== inner || bias.shape[0] !== width) throw new Error(`${x.shape} times ${w.shape} plus ${bias.shape}`)
  const data = Array.from({ length: rows * width }, (_, i) => {
    let total = bias.data[i % width]!
    for (let k = 0; k < inner; k++) total += x.data[Math.floor(i / width) * inner + k]! * w.data[k * width + (i % width)]!
    return total
  })
  return { shape: [rows, width], data }
}

const rowOf = ({ shape, data }: Tensor, row: number): number[] => data.slice(row * shape[1]!, (row + 1) * shape[1]!)

function columns(x: Tensor, from: number, width: number): Tensor {
  const rows = x.shape[0]!
  return { shape: [rows, width], data: Array.from({ length: rows }, (_, row) => rowOf(x, row).slice(from, from + width)).flat() }
}
