/** Drives an optimiser through the course of fixtures/optim.json: the same start, the same formula for gradients, spikes included. */
import { layout } from '../../src/optim/layout.js'
import type { FlatOptimizer, FloatArray } from '../../src/optim/optimizer.js'
import { fixture } from './fixtures.js'

const { inputs, cases } = fixture('optim')
const SHAPES: readonly number[][] = inputs.shapes
export const STEPS = 50

/** tensor-0, tensor-1, … */
export const COURSE = layout(SHAPES.map((shape, k) => ({ name: `tensor-${k}`, shape, network: 'model', layer: `tensor-${k}` })))

export type Clip = (gradient: FloatArray) => void

export interface Course {
  readonly learningRate: (step: number) => number
  readonly clip?: Clip
}

// biome-ignore lint/suspicious/noExplicitAny: fixtures are foreign data
export const optimCase = (name: string): any => cases.find((one: { name: string }) => one.name === name)

/** Parameters after each step that the fixture kept, as [step, expected, got]. */
export function follow(name: string, optimizer: FlatOptimizer, course: Course): [number, number[], number[]][] {
  const { runs, missing_grads: missing } = optimCase(name)
  const exact = runs.float64 !== undefined
  const { params } = runs.float64 ?? runs.float32
  const kind = exact ? Float64Array : Float32Array
  const parameters = kind.from(startValues())
  const found: [number, number[], number[]][] = []
  for (let t = 1; t <= STEPS; t++) {
    const gradient = kind.from(gradientValues(t))
    course.clip?.(gradient)
    const absent = missing?.steps.includes(t) ? new Set([`tensor-${missing.tensor}`]) : undefined
    optimizer.step(parameters, gradient, course.learningRate(t), absent)
    if (params[t]) found.push([t, params[t].flat(), [...parameters]])
  }
  return found
}

/** Parameters before the first step, all tensors one after the other. */
export const startValues = (): number[] => SHAPES.flatMap((shape, k) => Array.from({ length: product(shape) }, (_, i) => start(k, i)))

/** The gradient of step t, from 1. */
export const gradientValues = (t: number): number[] =>
  SHAPES.flatMap((shape, k) => Array.from({ length: product(shape) }, (_, i) => gradientAt(k, i, t)))

/** PyTorch's clip_grad_norm_: τ/(norm + 1e-6), at most 1. */
export const torchNorm =
  (tau: number): Clip =>
  (gradient) =>
    scale(gradient, Math.min(1, tau / (norm(gradient) + 1e-6)))

/** TensorFlow's and optax's: unchanged at the limit. */
export const globalNorm =
  (tau: number): Clip =>
  (gradient) =>
    scale(gradient, Math.min(1, tau / norm(gradient)))

export const tensorNorm =
  (tau: number): Clip =>
  (gradient) => {
    for (const { offset, size } of COURSE.slots) globalNorm(tau)(gradient.subarray(offset, offset + size) as FloatArray)
  }

export const value =
  (tau: number): Clip =>
  (gradient) => {
    for (let i = 0; i < gradient.length; i++) gradient[i] = Math.min(tau, Math.max(-tau, gradient[i]!))
  }

const start = (k: number, i: number) => 0.5 * Math.cos(0.9 * (i + 1) + 0.4 * (k + 1) + inputs.PHASE)

function gradientAt(k: number, i: number, t: number): number {
  const wave = Math.sin(0.7 * (i + 1) + 1.3 * (k + 1) + 0.37 * t + inputs.PHASE) + 0.2 * Math.cos(0.11 * t * (i + 1)) + 0.3
  return inputs.AMP * wave * (t === 17 ? 50 : t === 33 ? 0.001 : 1)
}

const product = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1)
const norm = (gradient: FloatArray) => Math.hypot(...gradient)

function scale(gradient: FloatArray, by: number): void {
  if (by !== 1) for (let i = 0; i < gradient.length; i++) gradient[i]! *= by
}
