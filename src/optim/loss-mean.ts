/** The mean loss of each `every` steps. Losses that are not finite count as steps but not into the mean. */
export class LossMean {
  private readonly every: number
  private sum = 0
  private count = 0
  private steps = 0

  constructor(every: number) {
    this.every = every
  }

  /** @returns the mean when this step completed it (NaN when no loss was finite), else null */
  add(loss: number): number | null {
    this.steps++
    if (Number.isFinite(loss)) {
      this.sum += loss
      this.count++
    }
    if (this.steps < this.every) return null
    const mean = this.count === 0 ? Number.NaN : this.sum / this.count
    this.load([])
    return mean
  }

  save(): number[] {
    return [this.sum, this.count, this.steps]
  }

  load([sum = 0, count = 0, steps = 0]: readonly number[]): void {
    this.sum = sum
    this.count = count
    this.steps = steps
  }
}
