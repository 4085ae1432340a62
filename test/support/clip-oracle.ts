/**
 * A second clipper, written from the definitions alone, to check the first against: plain arrays of doubles, a τ found anew from the
 * whole history at every step, elements found by their index in the tensor. Slow, and shares no code with src/clip or src/optim.
 */
import type { ParameterLayout, ParameterSlot } from '../../src/optim/layout.js'

/** What a group met so far. */
export interface History {
  readonly norms: readonly number[]
  /** Signals that the rule listens to, in order. */
  readonly signals: readonly number[]
}

export interface Seen extends History {
  readonly gradient: readonly number[]
  readonly weights: readonly number[]
  /** The norm that τ bounds. */
  readonly norm: number
  readonly learningRate: number
}

export type Threshold = (seen: Seen) => number

export interface OracleClip {
  readonly threshold: Threshold
  readonly of: 'norm' | 'norm-1' | 'norm-inf' | 'rms' | 'element'
  readonly per: 'model' | 'network' | 'layer' | 'tensor' | 'unit'
  readonly shape: 'hard' | 'soft' | 'normalize' | 'rescale'
}

export interface OracleGroup {
  readonly name: string
  readonly tau: number
  readonly normBefore: number
  readonly normAfter: number
}

export interface OracleStep {
  readonly gradient: readonly number[]
  /** Without those that have no gradient. */
  readonly groups: readonly OracleGroup[]
}

export function oracle({ threshold, of, per, shape }: OracleClip, layout: ParameterLayout) {
  const members = membersOf(layout, per)
  const norms = new Map([...members.keys()].map((name) => [name, [] as number[]]))
  const signals: number[] = []
  return {
    hear: (value: number): void => void signals.push(value),

    step(gradient: readonly number[], weights: readonly number[], learningRate: number, absent: ReadonlySet<string>): OracleStep {
      const clipped = [...gradient]
      const groups: OracleGroup[] = []
      for (const [name, { indices, parameters }] of members) {
        if (parameters.every((parameter) => absent.has(parameter))) continue
        const g = indices.map((i) => gradient[i]!)
        const norm = normOf(of, g)
        const history = norms.get(name)!
        const tau = threshold({ norms: history, signals, gradient: g, weights: indices.map((i) => weights[i]!), norm, learningRate })
        const out =
          of === 'element'
            ? g.map((x) => (shape === 'rescale' ? rescaled(tau, x, norm) : limited(shape, tau, Math.abs(x)) * Math.sign(x)))
            : g.map((x) => (x / (norm || 1)) * limited(shape, tau, norm))
        indices.forEach((i, k) => {
          clipped[i] = out[k]!
        })
        groups.push({ name, tau, normBefore: norm, normAfter: normOf(of, out) })
        history.push(norm)
      }
      return { gradient: clipped, groups }
    },
  }
}

/** What lies above τ keeps its proportion to the largest, which becomes τ. */
const rescaled = (tau: number, x: number, largest: number): number => (Math.abs(x) > tau ? (x / largest) * tau : x)

/** The size that a size n becomes under τ. */
function limited(shape: OracleClip['shape'], tau: number, n: number): number {
  if (tau === Infinity || n === 0) return n
  if (shape === 'normalize') return tau
  return shape === 'soft' ? 1 / (1 / tau + 1 / n) : Math.min(n, tau)
}

function normOf(of: OracleClip['of'], g: readonly number[]): number {
  if (of === 'norm') return Math.hypot(...g)
  if (of === 'rms') return Math.hypot(...g) / Math.sqrt(g.length)
  const magnitudes = g.map(Math.abs)
  return of === 'norm-1' ? total(magnitudes) : Math.max(...magnitudes)
}

interface Members {
  readonly indices: number[]
  readonly parameters: string[]
}

function membersOf({ slots }: ParameterLayout, per: OracleClip['per']): Map<string, Members> {
  const members = new Map<string, Members>()
  for (const slot of slots) {
    for (let i = 0; i < slot.size; i++) {
      const key = { model: 'model', network: slot.network, layer: slot.layer, tensor: slot.name, unit: unitOf(slot, i) }[per]
      const { indices, parameters } = members.get(key) ?? members.set(key, { indices: [], parameters: [] }).get(key)!
      indices.push(slot.offset + i)
      if (!parameters.includes(slot.name)) parameters.push(slot.name)
    }
  }
  return members
}

/** A tensor is a vector, and one unit, when all its elements differ in one index at most. */
function unitOf({ name, shape }: ParameterSlot, i: number): string {
  const long = shape.filter((n) => n !== 1)
  const last = shape.at(-1) ?? 1
  return long.length < 2 || last === 1 ? name : `${name}#${i % last}`
}

export const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0)

/** μ + kσ, σ with n − ddof. */
export function meanPlus(k: number, values: readonly number[], ddof = 0): number {
  const mean = total(values) / values.length
  return mean + k * Math.sqrt(total(values.map((value) => (value - mean) ** 2)) / (values.length - ddof))
}

/** NumPy's percentile; of the positive values where it would be 0; Infinity where there is none. */
export function numpyPercentile(values: readonly number[], p: number): number {
  if (values.length === 0) return Infinity
  const sorted = values.toSorted((a, b) => a - b)
  const rank = ((sorted.length - 1) * p) / 100
  const low = sorted[Math.floor(rank)]!
  const found = low + (rank % 1) * ((sorted[Math.floor(rank) + 1] ?? low) - low)
  return found > 0
    ? found
    : numpyPercentile(
        sorted.filter((value) => value > 0),
        p,
      )
}

export interface Feedback {
  readonly tau0: number
  readonly up: number
  readonly decay: number
  readonly rtol: number
  readonly leak: number
  readonly min: number
  readonly max: number
  readonly higherIsBetter: boolean
}

/** Loss feedback from its definition: worse → log τ one step up, better → one down, then the leak, then the bounds. */
export function feedbackTau({ tau0, up, decay, rtol, leak, min, max, higherIsBetter }: Feedback, signals: readonly number[]): number {
  const [first, ...rest] = signals.filter(Number.isFinite)
  let smoothed = first ?? 0
  let tau = tau0
  for (const signal of rest) {
    const before = smoothed
    smoothed = decay * before + (1 - decay) * signal
    const rise = smoothed - before
    const moved = Math.abs(rise) > rtol * Math.abs(before)
    const worse = rise > 0 !== higherIsBetter
    const stepped = moved ? (worse ? tau * up : tau / up) : tau
    tau = Math.min(max, Math.max(min, tau0 * (stepped / tau0) ** (1 - leak)))
  }
  return tau
}
