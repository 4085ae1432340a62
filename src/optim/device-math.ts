/** The arithmetic of device-pass.ts: norms and statistics of groups, thresholds in proportion to weights, and what happens at the limit. */
import {
  abs,
  add,
  clipByValue,
  div,
  greater,
  less,
  maximum,
  minimum,
  mul,
  neg,
  ones,
  sign,
  sqrt,
  square,
  sub,
  type Tensor,
  type Tensor1D,
  tensor1d,
  where,
} from '@tensorflow/tfjs-core'
import type { Clip, ClipShape } from '../clip/clip.js'
import type { ClipContext, ClipRule, StatName } from '../clip/rule.js'
import type { DeviceGroups } from './device-groups.js'

/** Comparisons with it are false for NaN and infinities, on every backend. */
export const MAX_FLOAT32 = 3.4028234663852886e38

/** No limit, as a float32 that can be divided by. */
export const HUGE = Math.fround(3e38)

export function normsOf(
  { of }: Clip,
  parts: DeviceGroups,
  sizes: readonly number[],
  gradient: (slot: number) => Tensor,
  squares: Tensor1D,
): Tensor1D {
  switch (of) {
    case 'norm':
      return sqrt(squares)
    case 'rms':
      return sqrt(div(squares, tensor1d([...sizes])))
    case 'norm-1':
      return parts.gather('sum', (slot) => abs(gradient(slot)))
    case 'norm-inf':
    case 'element':
      return parts.gather('max', (slot) => abs(gradient(slot)))
  }
}

export function statTensors(
  needs: readonly StatName[],
  parts: DeviceGroups,
  sizes: readonly number[],
  gradient: (slot: number) => Tensor,
  weights: readonly Tensor[],
): Partial<Record<StatName, Tensor1D>> {
  const wanted = new Set(needs)
  const size = tensor1d([...sizes])
  const mean = wanted.has('mean') || wanted.has('std') ? div<Tensor1D>(parts.gather('sum', gradient), size) : null
  const centre = wanted.has('std') ? new Map(parts.spread(mean!).map((tensor, k) => [parts.members[k]!.slot, tensor])) : null
  return {
    ...(wanted.has('maxAbs') && { maxAbs: parts.gather('max', (slot) => abs(gradient(slot))) }),
    ...(mean && { mean }),
    ...(centre && {
      std: sqrt(
        div<Tensor1D>(
          parts.gather('sum', (slot) => square(sub(gradient(slot), centre.get(slot)!))),
          size,
        ),
      ),
    }),
    ...(wanted.has('meanAbs') && {
      meanAbs: div<Tensor1D>(
        parts.gather('sum', (slot) => abs(gradient(slot))),
        size,
      ),
    }),
    ...(wanted.has('paramNorm') && { paramNorm: weightNorms(parts, weights) }),
  }
}

const weightNorms = (parts: DeviceGroups, weights: readonly Tensor[]): Tensor1D =>
  sqrt(parts.gather('sum', (slot) => square(weights[slot]!)))

export function tausByWeights(rule: ClipRule, parts: DeviceGroups, weights: readonly Tensor[], context: ClipContext): Tensor1D {
  const { share, least, floor, ceiling } = rule.byWeights!(context)
  const own = mul<Tensor1D>(maximum(weightNorms(parts, weights), least), share)
  return minimum(maximum(own, Math.min(floor, HUGE)), Math.min(ceiling, HUGE))
}

/** As factor() of shapes.ts. */
export function factorsOf(shape: ClipShape, taus: Tensor1D, norms: Tensor1D): Tensor1D {
  const one = ones(norms.shape) as Tensor1D
  if (shape === 'hard') return where(greater(norms, taus), div(taus, norms), one)
  if (shape === 'soft') return where(greater(norms, 0), div(taus, add(taus, norms)), one)
  return where(greater(norms, 0), where(less(taus, HUGE), div(taus, norms), one), one)
}

/** @param limit τ @param largest magnitude of the group @param tau the same as `limit` where the host knows it */
export function shaped(x: Tensor, shape: ClipShape, limit: Tensor, largest: Tensor, tau: number | null): Tensor {
  switch (shape) {
    case 'hard':
      if (tau === null) return minimum(maximum(x, neg(limit)), limit)
      return tau === Number.POSITIVE_INFINITY ? x : clipByValue(x, -tau, tau)
    case 'soft':
      return mul(x, div(limit, add(limit, abs(x))))
    case 'normalize':
      return where(less(limit, HUGE), mul(sign(x), limit), x)
    case 'rescale':
      return where(greater(abs(x), limit), mul(x, div(limit, largest)), x)
  }
}
