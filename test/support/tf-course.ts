/** Drives a tf optimiser through the course of fixtures/optim.json, in float32 on the active backend. */
import * as tf from '@tensorflow/tfjs-core'
import { COURSE, type Course, gradientValues, optimCase, STEPS, startValues } from './optim-fixture.js'

let count = 0

/** One variable per tensor of the course, under new names. The caller disposes them. */
export const courseVariables = (): tf.Variable[] =>
  COURSE.slots.map(({ name, shape, offset, size }) =>
    tf.tidy(() =>
      tf.tensor(Float32Array.from(startValues()).slice(offset, offset + size), [...shape]).variable(true, `${name}-of-${count++}`),
    ),
  )

/** Takes steps from (from 1) to, inclusive. @param absent index of the tensor that has no gradient in this step */
export function steps(
  optimizer: tf.Optimizer,
  variables: readonly tf.Variable[],
  from: number,
  to: number,
  options: Pick<Course, 'clip'> & { readonly absent?: (step: number) => number | undefined; readonly after?: (step: number) => void } = {},
): void {
  for (let t = from; t <= to; t++) {
    const gradient = Float32Array.from(gradientValues(t))
    options.clip?.(gradient)
    const missing = options.absent?.(t)
    const named = COURSE.slots.map(({ shape, offset, size }, k) => ({
      name: variables[k]!.name,
      tensor: (k === missing ? null : tf.tensor(gradient.slice(offset, offset + size), [...shape])) as tf.Tensor,
    }))
    optimizer.applyGradients(named)
    for (const { tensor } of named) tensor?.dispose()
    options.after?.(t)
  }
}

export const values = (variables: readonly tf.Variable[]): number[] => variables.flatMap((variable) => [...variable.dataSync()])

/** Parameters after each step that the fixture kept, as [step, expected, got]. */
export function followTf(name: string, optimizer: tf.Optimizer, course: Partial<Course> = {}): [number, number[], number[]][] {
  const { runs, missing_grads: missing } = optimCase(name)
  const { params } = runs.float32
  const variables = courseVariables()
  const found: [number, number[], number[]][] = []
  steps(optimizer, variables, 1, STEPS, {
    ...(course.clip && { clip: course.clip }),
    absent: (t) => (missing?.steps.includes(t) ? missing.tensor : undefined),
    after: (t) => {
      if (params[t]) found.push([t, params[t].flat(), values(variables)])
    },
  })
  tf.dispose(variables)
  return found
}
