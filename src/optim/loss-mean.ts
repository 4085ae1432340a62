/**
 * The mean loss of each `every` steps, the signal that a clip hears. Losses that are not finite count as steps but not into the mean.
 * Where gradients stay on the device so do losses: they are added up there, and read when their mean is due.
 */
import { abs, add, cast, keep, lessEqual, type Scalar, scalar, stack, type Tensor1D, tidy, where } from '@tensorflow/tfjs-core'
import { MAX_FLOAT32 } from './device-math.js'

export class LossMean {
  private readonly every: number
  private sum = 0
  private count = 0
  private steps = 0
  private waiting: Tensor1D | null = null // on the device: sum and count of those that were finite

  constructor(every: number) {
    this.every = every
  }

  /** The loss of a step. @returns the mean when this step completed it (NaN when no loss was finite), else null */
  add(loss: Scalar, onDevice: boolean): number | null {
    this.steps++
    if (onDevice) this.wait(loss)
    else {
      const [value] = loss.dataSync()
      if (Number.isFinite(value)) this.addSum(value!, 1)
    }
    if (this.steps < this.every) return null
    this.settle()
    const mean = this.count === 0 ? Number.NaN : this.sum / this.count
    this.load([])
    return mean
  }

  /** Reads what waits on the device. */
  settle(): void {
    const [sum = 0, count = 0] = this.waiting?.dataSync() ?? []
    this.addSum(sum, count)
    this.dispose()
  }

  /** Call `settle` first. */
  save(): number[] {
    return [this.sum, this.count, this.steps]
  }

  load([sum = 0, count = 0, steps = 0]: readonly number[]): void {
    this.dispose()
    this.sum = sum
    this.count = count
    this.steps = steps
  }

  /** Forgets what waits on the device. */
  dispose(): void {
    this.waiting?.dispose()
    this.waiting = null
  }

  private addSum(sum: number, count: number): void {
    this.sum += sum
    this.count += count
  }

  private wait(loss: Scalar): void {
    const { waiting } = this
    this.waiting = tidy(() => {
      const finite = lessEqual(abs(loss), MAX_FLOAT32)
      const one = stack([where(finite, loss, scalar(0)), cast(finite, 'float32')]) as Tensor1D
      return keep(waiting === null ? one : add<Tensor1D>(waiting, one))
    })
    waiting?.dispose()
  }
}
