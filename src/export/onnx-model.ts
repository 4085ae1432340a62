/**
 * The file format ONNX: a graph of named tensors and operators, in Protocol Buffers.
 * Source: onnx/onnx.proto. Field numbers and types stand here once; IR 8 with opset 17 is read by every runtime since 2022.
 */
import { littleEndian } from './little-endian.js'
import { bytes, type Encoded, integer, join, message, text } from './protobuf.js'

export type OnnxType = 'float' | 'int64'

const ELEMENT = { float: 1, int64: 7 } as const // TensorProto.DataType
const ATTRIBUTE = { integer: 2, integers: 7 } as const // AttributeProto.AttributeType
const IR_VERSION = 8
const OPSET = 17

/** An input or output; a side is a number, or a name for what varies. */
export interface OnnxValue {
  readonly name: string
  readonly type: OnnxType
  readonly shape: readonly (number | string)[]
}

/** A constant. */
export interface OnnxTensor {
  readonly name: string
  readonly shape: readonly number[]
  /** float or int64 by its kind. */
  readonly data: Float32Array | BigInt64Array
}

export interface OnnxNode {
  readonly op: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  /** Whole numbers and lists of them. */
  readonly attributes?: Readonly<Record<string, number | readonly number[]>>
}

export interface OnnxGraph {
  readonly name: string
  readonly inputs: readonly OnnxValue[]
  readonly outputs: readonly OnnxValue[]
  readonly constants: readonly OnnxTensor[]
  readonly nodes: readonly OnnxNode[]
  readonly metadata: Readonly<Record<string, string>>
  readonly description: string
}

export function encodeModel({ name, inputs, outputs, constants, nodes, metadata, description }: OnnxGraph): Uint8Array {
  return join(
    integer(1, IR_VERSION),
    text(2, 'tau-rl'),
    text(6, description),
    message(
      7,
      ...nodes.map((node, i) => message(1, ...nodeParts(node, i))),
      text(2, name),
      ...constants.map((tensor) => message(5, ...tensorParts(tensor))),
      ...inputs.map((value) => message(11, ...valueParts(value))),
      ...outputs.map((value) => message(12, ...valueParts(value))),
    ),
    message(8, text(1, ''), integer(2, OPSET)),
    ...Object.entries(metadata).map(([key, value]) => message(14, text(1, key), text(2, value))),
  )
}

function nodeParts({ op, inputs, outputs, attributes = {} }: OnnxNode, index: number): Encoded[] {
  return [
    ...inputs.map((input) => text(1, input)),
    ...outputs.map((output) => text(2, output)),
    text(3, `${op}_${index}`),
    text(4, op),
    ...Object.entries(attributes).map(([name, value]) => message(5, text(1, name), ...attributeParts(value))),
  ]
}

function attributeParts(value: number | readonly number[]): Encoded[] {
  if (typeof value !== 'number') return [...value.map((one) => integer(8, one)), integer(20, ATTRIBUTE.integers)]
  return [integer(3, value), integer(20, ATTRIBUTE.integer)]
}

function tensorParts({ name, shape, data }: OnnxTensor): Encoded[] {
  const type: OnnxType = data instanceof Float32Array ? 'float' : 'int64'
  return [...shape.map((side) => integer(1, side)), integer(2, ELEMENT[type]), text(8, name), bytes(9, littleEndian(data))]
}

function valueParts({ name, type, shape }: OnnxValue): Encoded[] {
  const sides = shape.map((side) => message(1, typeof side === 'number' ? integer(1, side) : text(2, side)))
  return [text(1, name), message(2, message(1, integer(1, ELEMENT[type]), message(2, ...sides)))]
}
