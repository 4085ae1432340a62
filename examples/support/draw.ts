/** Seeded weights and data: the same for the same seed, whatever else runs. */
import { type Tensor2D, tensor2d, tidy, type Variable, variable, zeros } from '@tensorflow/tfjs-core'
import { type RandomStream, stream } from '../../src/core/random.js'

export { type RandomStream, stream }

type Matrix = Variable & Tensor2D // tfjs types a variable by its rank alone

/** Normal numbers with mean 0 and standard deviation `sd`. */
export const normalVariable = (random: RandomStream, shape: [number, number], sd: number): Matrix =>
  tidy(() => {
    const values = Float32Array.from({ length: shape[0] * shape[1] }, () => sd * random.normal())
    return variable(tensor2d(values, shape)) as unknown as Matrix
  })

export const zeroVariable = (size: number): Variable => tidy(() => variable(zeros([size])))
