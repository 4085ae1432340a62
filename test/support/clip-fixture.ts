/** The gradients of fixtures/clip.json as a flat array with its layout; tensors without a gradient are left out. */
import { layout, type ParameterLayout } from '../../src/optim/layout.js'
import { fixture } from './fixtures.js'

interface FixtureTensor {
  readonly shape: readonly number[]
  readonly data: readonly number[]
}

export interface ClipCase {
  readonly lib: string
  readonly fn: string
  readonly in: string
  readonly dtype?: string
  readonly args: Readonly<Record<string, number>>
  readonly out: { readonly norm?: number; readonly grads: readonly (FixtureTensor | null)[] }
}

const { cases, inputs } = fixture('clip') as {
  cases: ClipCase[]
  inputs: Record<string, { grads: (FixtureTensor | null)[]; weights: (FixtureTensor | null)[] }>
}

export const clipCases = (lib: string, fn: string): ClipCase[] => cases.filter((one) => one.lib === lib && one.fn === fn)
export const allCases: readonly ClipCase[] = cases

export interface ClipInput {
  readonly layout: ParameterLayout
  readonly gradient: Float32Array
  readonly weights: Float32Array
  /** Names of tensors without a gradient. */
  readonly absent: ReadonlySet<string>
}

export function clipInput(name: string): ClipInput {
  const { grads, weights } = inputs[name]!
  const shapes = grads.map((gradient, k) => gradient?.shape ?? weights[k]?.shape ?? [1])
  const table = layout(shapes.map((shape, k) => ({ name: `tensor-${k}`, shape, network: 'model', layer: `layer-${k}` })))
  const flat = (tensors: readonly (FixtureTensor | null)[]) =>
    Float32Array.from(table.slots.flatMap(({ size }, k) => tensors[k]?.data ?? new Array<number>(size).fill(0)))
  return {
    layout: table,
    gradient: flat(grads),
    weights: flat(weights),
    absent: new Set(grads.flatMap((gradient, k) => (gradient ? [] : [`tensor-${k}`]))),
  }
}

/** The expected gradients, flat; zeros where there is none. */
export const clipOutput = ({ out }: ClipCase, { layout: { slots } }: ClipInput): number[] =>
  slots.flatMap(({ size }, k) => out.grads[k]?.data ?? new Array<number>(size).fill(0))
