/**
 * Holm's step-down correction: p-values of several comparisons, raised so that the chance of any false claim among them stays below the
 * level. The k-th smallest of m becomes max over the smaller ones of (m − k + 1)·p, at most 1. Never weaker than Bonferroni's.
 * Source: Holm 1979, Scandinavian Journal of Statistics 6.
 * @returns adjusted p-values in the order of `pValues`
 */
export function holm(pValues: readonly number[]): number[] {
  const order = pValues.map((_, i) => i).sort((a, b) => pValues[a]! - pValues[b]!)
  const adjusted = new Array<number>(pValues.length)
  let floor = 0
  order.forEach((index, rank) => {
    floor = Math.max(floor, Math.min(1, (pValues.length - rank) * pValues[index]!))
    adjusted[index] = floor
  })
  return adjusted
}
