/** Counts the steps that were left out because a gradient was not finite, and ends training when there were too many in a row. */
import { RunError } from '../core/errors.js'

export class StepSkips {
  /** Steps left out so far. */
  total = 0
  private readonly most: number
  private inRow = 0
  private failure: RunError | null = null

  /** @param most in a row */
  constructor(most: number) {
    this.most = most
  }

  /** @throws RunError once, when the device has told of too many in a row since the last step */
  check(): void {
    const { failure } = this
    this.failure = null
    if (failure !== null) throw failure
  }

  /** A step was taken. */
  took(): void {
    this.inRow = 0
  }

  /** A step was left out. @throws RunError when it is one too many in a row */
  left(variable: string): void {
    this.total++
    this.inRow++
    if (this.inRow > this.most)
      throw new RunError(`withClipping: ${this.inRow} gradients in a row were not finite, the last one of "${variable}"`)
  }

  /** Of steps on the device, heard of now. @param inRow at the end @param longest in a row among all */
  heard(steps: number, inRow: number, longest: number): void {
    this.total += steps
    this.inRow = inRow
    if (longest > this.most) this.failure = new RunError(`withClipping: ${longest} gradients in a row were not finite`)
  }

  save(): number[] {
    return [this.total, this.inRow]
  }

  load([total = 0, inRow = 0]: readonly number[]): void {
    this.total = total
    this.inRow = inRow
  }
}
