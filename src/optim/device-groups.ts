/**
 * The groups of a clip as tfjs operations: a number for each group from tensors of any shape, and back to a factor for each tensor.
 *
 * Each parameter is first reduced to one number (per unit: to one for each output feature); these lie in one vector, and a matrix of zeros
 * and ones adds up those of each group. So a group costs no operation of its own, however many there are.
 */
import {
  concat,
  keep,
  matMul,
  max,
  mul,
  reshape,
  slice,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  tensor2d,
} from '@tensorflow/tfjs-core'
import type { ClipPer } from '../clip/clip.js'
import type { Group } from './groups.js'

/** A parameter that the clip works on. */
export interface Member {
  /** Its place among all parameters. */
  readonly slot: number
  /** Units of it; 1: it is in one group as a whole. */
  readonly units: number
  /** Place of its first number among those of all members. */
  readonly first: number
}

export interface DeviceGroups {
  readonly members: readonly Member[]
  /** One number per group. @param of elementwise numbers of a member */
  gather(how: 'sum' | 'max', of: (slot: number) => Tensor): Tensor1D
  /** The group's number for each member, in a shape that broadcasts over its elements. @param each [groups] */
  spread(each: Tensor1D): Tensor[]
  dispose(): void
}

export function deviceGroups(groups: readonly Group[], per: ClipPer, names: readonly string[]): DeviceGroups {
  const members = membersOf(groups, per, names)
  const entries = members.reduce((total, { units }) => total + units, 0)
  const own = entries === groups.length // each number is a group
  let matrix: Tensor2D | null = null // [entries, groups]

  function belongs(): Tensor2D {
    if (matrix !== null) return matrix
    const ones = new Float32Array(entries * groups.length)
    for (const { slot, first } of members) {
      const g = groups.findIndex(({ parameters }) => parameters.includes(names[slot]!))
      ones[first * groups.length + g] = 1
    }
    matrix = keep(tensor2d(ones, [entries, groups.length]))
    return matrix
  }

  return {
    members,

    gather(how, of) {
      const reduce = how === 'sum' ? sum : max
      const parts = members.map(({ slot, units }) => {
        const x = of(slot)
        if (units === 1) return reshape(reduce(x), [1]) as Tensor1D
        return reduce(
          x,
          x.shape.slice(0, -1).map((_, axis) => axis),
        ) as Tensor1D
      })
      if (parts.length === 1) return parts[0]!
      const all = concat(parts)
      if (own) return all
      if (groups.length === 1) return reshape(reduce(all), [1])
      if (how === 'sum') return reshape(matMul(reshape(all, [1, entries]) as Tensor2D, belongs()), [groups.length])
      return max(mul(reshape(all, [entries, 1]), belongs()), 0) as Tensor1D
    },

    spread(each) {
      if (groups.length === 1) {
        const one = reshape(each, [])
        return members.map(() => one)
      }
      const all = own ? each : reshape(matMul(reshape(each, [1, groups.length]) as Tensor2D, belongs(), false, true), [entries])
      return members.map(({ first, units }) => {
        const part = slice(all, [first], [units])
        return units === 1 ? reshape(part, []) : part
      })
    },

    dispose() {
      matrix?.dispose()
      matrix = null
    },
  }
}

function membersOf(groups: readonly Group[], per: ClipPer, names: readonly string[]): Member[] {
  const units = new Map<string, number>()
  for (const { parameters } of groups) for (const name of parameters) units.set(name, per === 'unit' ? (units.get(name) ?? 0) + 1 : 1)
  const members: Member[] = []
  let first = 0
  names.forEach((name, slot) => {
    const count = units.get(name)
    if (count === undefined) return
    members.push({ slot, units: count, first })
    first += count
  })
  return members
}
