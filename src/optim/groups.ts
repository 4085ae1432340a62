/**
 * Which elements of the flat array share a threshold: a group is a list of slices, each a run of elements or every n-th of one.
 */
import type { ClipPer } from '../clip/clip.js'
import type { ParameterLayout, ParameterSlot } from './layout.js'

/** Elements start, start + stride, … below end. */
export interface Slice {
  readonly start: number
  readonly end: number
  readonly stride: number
}

export interface Group {
  /** 'model', 'actor', 'actor/hidden-0', 'actor/hidden-0/kernel', 'actor/hidden-0/kernel#3'. */
  readonly name: string
  readonly slices: readonly Slice[]
  /** Elements in all, at least 1. */
  readonly size: number
  /** Names of the parameters with an element in it. */
  readonly parameters: readonly string[]
}

/** Every element belongs to exactly one group. Parameters without elements belong to none. */
export function groupsOf(layout: ParameterLayout, per: ClipPer): Group[] {
  const slots = layout.slots.filter(({ size }) => size > 0)
  switch (per) {
    case 'model':
      return gather(slots, () => 'model')
    case 'network':
      return gather(slots, ({ network }) => network)
    case 'layer':
      return gather(slots, ({ layer }) => layer)
    case 'tensor':
      return gather(slots, ({ name }) => name)
    case 'unit':
      return slots.flatMap(unitsOf)
  }
}

/** Neighbours among the groups: the units of one tensor, which lie side by side as the columns of a matrix, or one group by itself. */
export interface Block {
  /** Place of the first of its groups among all. */
  readonly first: number
  readonly groups: readonly Group[]
}

export function blocksOf(groups: readonly Group[]): Block[] {
  const blocks: Block[] = []
  for (let first = 0; first < groups.length; ) {
    const columns = groups[first]!.slices[0]!.stride
    blocks.push({ first, groups: groups.slice(first, first + columns) })
    first += columns
  }
  return blocks
}

/** One group per key, in the order in which the keys first come. */
function gather(slots: readonly ParameterSlot[], key: (slot: ParameterSlot) => string): Group[] {
  const members = new Map<string, ParameterSlot[]>()
  for (const slot of slots) {
    const name = key(slot)
    const list = members.get(name)
    if (list) list.push(slot)
    else members.set(name, [slot])
  }
  return [...members].map(([name, list]) => ({
    name,
    slices: joined(list),
    size: list.reduce((sum, { size }) => sum + size, 0),
    parameters: list.map((slot) => slot.name),
  }))
}

/** Neighbours become one slice. */
function joined(slots: readonly ParameterSlot[]): Slice[] {
  const slices: Slice[] = []
  for (const { offset, size } of slots) {
    const last = slices.at(-1)
    if (last?.end === offset) slices[slices.length - 1] = { ...last, end: offset + size }
    else slices.push({ start: offset, end: offset + size, stride: 1 })
  }
  return slices
}

/**
 * The weights into one output feature: all axes but the last are reduced (kernels are [in, out], [height, width, in, out]). What is a
 * vector once axes of length 1 are dropped is one unit as a whole: biases, gains, log standard deviations (Brock et al. 2021,
 * arXiv:2102.06171, as in their published code).
 */
function unitsOf({ name, shape, offset, size }: ParameterSlot): Group[] {
  const whole = shape.filter((n) => n > 1).length <= 1
  const units = whole ? 1 : shape[shape.length - 1]!
  if (units === 1) return [{ name, slices: [{ start: offset, end: offset + size, stride: 1 }], size, parameters: [name] }]
  return Array.from({ length: units }, (_, unit) => ({
    name: `${name}#${unit}`,
    slices: [{ start: offset + unit, end: offset + size, stride: units }],
    size: size / units,
    parameters: [name],
  }))
}
