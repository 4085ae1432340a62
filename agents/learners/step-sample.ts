/**
 * A closer look at one minibatch step of an update: whether the clip turned the gradient, how far the weights moved, and what the optimiser
 * divides by. It costs a few passes over the parameters, so one step of each update is looked at, and of √v̂ at most 512 elements, evenly spread.
 */
export interface StepSample {
  /** Between the gradient as it came and as clipped: 1 when only its length changed. NaN for a gradient of zeros. */
  readonly cosine: number
  /** ‖new weights − old weights‖ / ‖old weights‖. */
  readonly updateRatio: number
  /** Of √v̂ after the step; null: the optimiser keeps none. */
  readonly rootV: { readonly min: number; readonly median: number; readonly max: number; readonly belowEpsilon: number } | null
}

/** Copies of all elements in one step, flat as the parameters. */
export interface StepElements {
  readonly gradientBefore: Float32Array
  /** As clipped. */
  readonly gradientAfter: Float32Array
  /** After the step. */
  readonly weights: Float32Array
  /** New weights − old weights. */
  readonly steps: Float32Array
}

const MOST = 512 // elements of √v̂ that are sorted

export interface StepSampler {
  before(gradient: Float32Array, parameters: Float32Array): void
  /** @param secondMoment v̂ of each element, or null @param epsilon what √v̂ is compared with */
  after(gradient: Float32Array, parameters: Float32Array, secondMoment: Float64Array | null, epsilon: number): StepSample
  /** After the step too. */
  elements(gradient: Float32Array, parameters: Float32Array): StepElements
}

export function stepSampler(): StepSampler {
  let raw = new Float32Array(0)
  let old = new Float32Array(0)
  return {
    before(gradient, parameters) {
      raw = gradient.slice()
      old = parameters.slice()
    },
    after: (gradient, parameters, secondMoment, epsilon) => ({
      cosine: cosine(raw, gradient),
      updateRatio: moved(old, parameters),
      rootV: secondMoment === null ? null : spread(secondMoment, epsilon),
    }),
    elements: (gradient, parameters) => ({
      gradientBefore: raw.slice(),
      gradientAfter: gradient.slice(),
      weights: parameters.slice(),
      steps: parameters.map((weight, i) => weight - old[i]!),
    }),
  }
}

function cosine(a: Float32Array, b: Float32Array): number {
  let dot = 0
  let squaresA = 0
  let squaresB = 0
  for (let i = 0; i < a.length; i++) {
    const x = a[i]!
    const y = b[i]!
    dot += x * y
    squaresA += x * x
    squaresB += y * y
  }
  return Math.max(-1, Math.min(1, dot / (Math.sqrt(squaresA) * Math.sqrt(squaresB))))
}

function moved(before: Float32Array, after: Float32Array): number {
  let steps = 0
  let weights = 0
  for (let i = 0; i < before.length; i++) {
    const w = before[i]!
    const step = after[i]! - w
    steps += step * step
    weights += w * w
  }
  return Math.sqrt(steps) / Math.sqrt(weights)
}

function spread(secondMoment: Float64Array, epsilon: number): NonNullable<StepSample['rootV']> {
  const stride = Math.ceil(secondMoment.length / MOST) || 1
  const roots = Float64Array.from({ length: Math.ceil(secondMoment.length / stride) }, (_, i) =>
    Math.sqrt(Math.max(0, secondMoment[i * stride]!)),
  ).sort()
  const { length } = roots
  const below = roots.findIndex((root) => !(root < epsilon))
  return {
    min: roots[0] ?? Number.NaN,
    median: (roots[(length - 1) >> 1]! + roots[length >> 1]!) / 2,
    max: roots[length - 1] ?? Number.NaN,
    belowEpsilon: (below === -1 ? length : below) / length,
  }
}
