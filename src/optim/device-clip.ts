/**
 * A plan of clips in tfjs operations, and the account of it that stays on the device: norms before and after, clip rates, and how many
 * steps had a gradient that was not finite. Reading that account is the only read there is, and it happens when somebody asks.
 */
import {
  add,
  cast,
  concat,
  dispose,
  keep,
  lessEqual,
  maximum,
  mul,
  reshape,
  type Scalar,
  scalar,
  slice,
  sqrt,
  square,
  stack,
  sub,
  sum,
  type Tensor,
  type Tensor1D,
  tensor1d,
  tidy,
} from '@tensorflow/tfjs-core'
import type { ClipContext } from '../clip/rule.js'
import type { Clipper, ClipReport } from './clipper.js'
import { HUGE, MAX_FLOAT32 } from './device-math.js'
import { absentOf, type DevicePass, type DevicePassResult, devicePass, type Gradients } from './device-pass.js'
import { factor } from './shapes.js'

export interface DeviceStep {
  /** The caller disposes those that are not the ones it gave. */
  readonly gradients: Gradients
  /** Whether the step is to be taken; null: it was read, and it is. The caller disposes it. */
  readonly take: Tensor | null
}

/** Steps with a gradient that was not finite, those of them at the end in a row, and the longest row. */
export interface SkipCount {
  readonly steps: number
  readonly inRow: number
  readonly longest: number
}

export interface DeviceClip {
  /** @returns null when the numbers of the gradient were read and are not finite @throws RangeError when a rule answers a τ that is not above 0 */
  apply(gradients: Gradients, weights: readonly Tensor[], context: ClipContext): DeviceStep | null
  /** What the last step met. Waits for the device. */
  report(): ClipReport | null
  reportSoon(): Promise<ClipReport | null>
  /** Since the beginning. Waits for the device. */
  skips(): SkipCount
  /** The same without waiting; null while an earlier read is under way. */
  skipsSoon(): Promise<SkipCount> | null
  /** Lets the rules see all that they have not been shown yet. */
  settle(): void
  dispose(): void
}

const MOST_PENDING = 8 // steps that a rule's history may lag behind in a program that never waits

/** Of the last step. */
interface Account {
  /** ‖g‖², the norm afterwards, and for each pass the elements above their limit, norms by group, τ by group. */
  readonly numbers: Tensor
  /** τ by pass and group where the host knows it. */
  readonly known: readonly (readonly number[] | null)[]
  readonly absent: ReadonlySet<string>
}

/** Numbers on their way to a rule that depends on earlier gradients. */
interface Pending {
  readonly tensor: Tensor
  values: Float32Array | null
  show(values: Float32Array): void
}

export function deviceClip(clipper: Clipper, names: readonly string[]): DeviceClip {
  const passes = clipper.passes.map((pass) => devicePass(pass, names))
  const lone = passes.length === 1 && passes[0]!.pass.complete && passes[0]!.pass.clip.of !== 'element' ? passes[0]! : null
  const reads = passes.some((pass) => pass.reads)
  let account: Account | null = null
  let status: Tensor1D | null = null // steps not taken, in a row, longest row
  let reading = false
  const pending: Pending[] = []

  function showWhatCame(): void {
    while (pending[0]?.values) {
      const { tensor, values, show } = pending.shift()!
      tensor.dispose()
      show(values!)
    }
  }

  function remember(pass: DevicePass, { norms, squares, known }: DevicePassResult, whole: Scalar, absent: ReadonlySet<string>): void {
    const taus = known!
    const entry: Pending = {
      tensor: keep(concat<Tensor1D>([norms, squares, reshape(whole, [1])])),
      values: null,
      show(values) {
        const { length } = taus
        if (Number.isFinite(values.at(-1)!)) pass.observe(values.subarray(0, length), values.subarray(length, 2 * length), taus, absent)
      },
    }
    pending.push(entry)
    void entry.tensor.data<'float32'>().then((values) => {
      if (!pending.includes(entry)) return // somebody could not wait
      entry.values = values
      showWhatCame()
    })
  }

  /** Of the whole gradient. */
  function total(gradients: Gradients): Scalar {
    const sums = gradients.flatMap((gradient) => (gradient ? [sum(square(gradient))] : []))
    return sums.length === 0 ? scalar(0) : (sum(stack(sums)) as Scalar)
  }

  function counted(take: Tensor): void {
    const before = status ?? tensor1d([0, 0, 0])
    const bad = sub(1, cast(take, 'float32'))
    const [steps, row, longest] = [0, 1, 2].map((k) => slice(before, [k], [1])) as [Tensor1D, Tensor1D, Tensor1D]
    const now = mul(add(row, bad), bad)
    const next = concat<Tensor1D>([add(steps, bad), now as Tensor1D, maximum(longest, now)])
    status?.dispose()
    status = keep(next)
  }

  function understood(numbers: ArrayLike<number>, { known, absent }: Account): ClipReport {
    const [before, after] = [Math.sqrt(numbers[0]!), numbers[1]!]
    const skipped = !Number.isFinite(before)
    if (skipped) return { skipped, nonFinite: null, normBefore: Number.NaN, normAfter: Number.NaN, clipRate: 0, groups: clipper.reports }
    let at = 2
    let clippedParts = 0
    let parts = 0
    passes.forEach(({ pass: { clip, groups, reports } }, p) => {
      const above = numbers[at++]!
      groups.forEach(({ size, parameters }, g) => {
        if (parameters.every((name) => absent.has(name))) {
          Object.assign(reports[g]!, { normBefore: 0, normAfter: 0, clipped: false })
          return
        }
        const normBefore = numbers[at + g]!
        const shown = numbers[at + groups.length + g]!
        const tau = known[p]?.[g] ?? (shown < HUGE ? shown : Number.POSITIVE_INFINITY)
        const clipped = normBefore > tau
        Object.assign(reports[g]!, { tau, normBefore, normAfter: normBefore * factor(clip.shape, tau, normBefore), clipped })
        parts += clip.of === 'element' ? size : 1
        if (clip.of !== 'element' && clipped) clippedParts++
      })
      if (clip.of === 'element') clippedParts += above
      at += 2 * groups.length
    })
    const clipRate = parts === 0 ? 0 : clippedParts / parts
    return { skipped, nonFinite: null, normBefore: before, normAfter: after, clipRate, groups: clipper.reports }
  }

  return {
    apply(given, weights, context) {
      while (pending.length > MOST_PENDING * passes.length) {
        pending[0]!.values = pending[0]!.tensor.dataSync<'float32'>()
        showWhatCame()
      }
      const absent = absentOf(names, given)
      let done: DeviceStep | null = null
      tidy(() => {
        let gradients = given
        const results: DevicePassResult[] = []
        for (const pass of passes) {
          const result = pass.run(gradients, weights, context)
          if (result === null) return []
          results.push(result)
          gradients = result.gradients
        }
        const whole = lone === null ? total(given) : sum<Scalar>(results[0]!.squares)
        passes.forEach((pass, p) => {
          if (pass.remembers) remember(pass, results[p]!, whole, absent)
        })
        const { squares, factors } = results[0] ?? { squares: null, factors: null }
        const after = lone === null ? total(gradients) : factors === null ? whole : sum<Scalar>(mul(squares!, square(factors)))
        const numbers = concat<Tensor1D>([
          reshape(whole, [1]),
          reshape(sqrt(after), [1]),
          ...results.flatMap(({ above, norms, taus }) => [reshape(above ?? scalar(0), [1]) as Tensor1D, norms, taus]),
        ])
        const take = reads ? null : lessEqual(whole, MAX_FLOAT32)
        if (take) counted(take)
        account?.numbers.dispose()
        account = { numbers: keep(numbers), known: results.map(({ known }) => known), absent }
        done = { gradients, take }
        const own = gradients.filter((gradient, i): gradient is Tensor => gradient !== null && gradient !== given[i])
        return take ? [...own, take] : own
      })
      return done
    },

    report: () => (account === null ? null : understood(account.numbers.dataSync(), account)),
    reportSoon: async () => {
      if (account === null) return null
      const step = account
      const copy = step.numbers.clone()
      const values = await copy.data()
      copy.dispose()
      return understood(values, step)
    },

    skips() {
      const [steps = 0, inRow = 0, longest = 0] = status?.dataSync() ?? []
      return { steps, inRow, longest }
    },

    skipsSoon() {
      if (reading) return null
      if (status === null) return Promise.resolve({ steps: 0, inRow: 0, longest: 0 })
      reading = true
      const copy = status.clone()
      return copy.data().then(([steps = 0, inRow = 0, longest = 0]) => {
        copy.dispose()
        reading = false
        return { steps, inRow, longest }
      })
    },

    settle() {
      for (const entry of pending) entry.values ??= entry.tensor.dataSync<'float32'>()
      showWhatCame()
    },

    dispose() {
      for (const pass of passes) pass.dispose()
      dispose(pending.map(({ tensor }) => tensor))
      pending.length = 0
      account?.numbers.dispose()
      status?.dispose()
      account = status = null
    },
  }
}
