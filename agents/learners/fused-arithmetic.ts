/**
 * Sums and scalings of the gradient by the kernels, for the clips. What spans several networks is summed network by network, in the order of
 * the layout: so it comes out the same when each network is summed on a thread of its own. Units (columns) and other arrays take plain loops.
 */
import type { Kernels } from '../../src/kernels/kernels.js'
import { type GroupArithmetic, plainArithmetic } from '../../src/optim/arithmetic.js'
import type { Block } from '../../src/optim/groups.js'
import type { ParameterLayout } from '../../src/optim/layout.js'
import type { CriticPartner } from './critic-partner.js'
import { type FusedArray, networkRuns, type Run } from './fused-memory.js'

/** A group of whole runs: what of it lies in each network. */
interface Parts {
  readonly group: number
  readonly networks: readonly (readonly PlacedRun[])[]
}

interface PlacedRun extends Run {
  /** By which the second thread knows it; -1 where it does not. */
  readonly place: number
}

/** How a list of blocks is worked off. */
interface Work {
  readonly whole: readonly Parts[]
  readonly columns: readonly Block[]
}

/** @param partner sums and scales the critic's part where it takes part; nobody then reads a scaled gradient but by this arithmetic */
export function fusedArithmetic(
  kernels: Kernels,
  layout: ParameterLayout,
  gradient: FusedArray,
  partner: CriticPartner | null = null,
): GroupArithmetic {
  const networks = [...networkRuns(layout)].map(([network, runs]) => ({ runs, partner: network === 'critic' ? partner : null }))
  const planned = new WeakMap<readonly Block[], Work>()
  const workOf = (blocks: readonly Block[]): Work => {
    const known = planned.get(blocks)
    if (known !== undefined) return known
    const work = plan(blocks, networks)
    planned.set(blocks, work)
    return work
  }

  return {
    squares(x, blocks, into) {
      if (x !== gradient.values) return plainArithmetic.squares(x, blocks, into)
      const { whole, columns } = workOf(blocks)
      for (let w = 0; w < whole.length; w++) {
        const { group, networks } = whole[w]!
        let total = 0
        for (const runs of networks) {
          let sum = 0
          for (const { offset, size, place } of runs) {
            const known = place < 0 ? undefined : partner!.squares(place)
            sum += known ?? kernels.sumOfSquares(gradient.address + 4 * offset, size)
          }
          total += sum
        }
        into[group] = total
      }
      if (columns.length > 0) plainArithmetic.squares(x, columns, into)
    },

    scale(x, blocks, factors) {
      if (x !== gradient.values) return plainArithmetic.scale(x, blocks, factors)
      const { whole, columns } = workOf(blocks)
      for (let w = 0; w < whole.length; w++) {
        const { group, networks } = whole[w]!
        if (factors[group] === 1) continue
        for (const runs of networks) {
          for (const run of runs) {
            const away = run.place >= 0 && partner!.note(run, factors[group]!)
            if (!away) kernels.scale(gradient.address + 4 * run.offset, run.size, factors[group]!)
          }
        }
      }
      partner?.scale()
      if (columns.length > 0) plainArithmetic.scale(x, columns, factors)
    },
  }
}

interface NetworkRuns {
  readonly runs: readonly Run[]
  readonly partner: CriticPartner | null
}

function plan(blocks: readonly Block[], networks: readonly NetworkRuns[]): Work {
  const single = blocks.filter(({ groups }) => groups.length === 1)
  return {
    columns: blocks.filter(({ groups }) => groups.length > 1),
    whole: single.map(({ first, groups }) => {
      const { slices } = groups[0]!
      const within = ({ runs, partner }: NetworkRuns): PlacedRun[] =>
        slices
          .flatMap(({ start, end }) => runs.flatMap((run) => overlap(run, start, end)))
          .map((run) => ({ ...run, place: partner?.place(run) ?? -1 }))
      return { group: first, networks: networks.map(within).filter((runs) => runs.length > 0) }
    }),
  }
}

function overlap({ offset, size }: Run, start: number, end: number): Run[] {
  const from = Math.max(offset, start)
  const to = Math.min(offset + size, end)
  return from < to ? [{ offset: from, size: to - from }] : []
}
