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
    if (Number.isFinite(loss)) this.addSum(loss, 1)
    return this.complete()
  }

  /** A step whose loss comes later, by `addSum`. @returns whether the mean is due */
  await(): boolean {
    return ++this.steps >= this.every
  }

  /** Losses of steps that were counted. */
  addSum(sum: number, count: number): void {
    this.sum += sum
    this.count += count
  }

  /** As `add`, for the steps counted so far. */
  complete(): number | null {
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
