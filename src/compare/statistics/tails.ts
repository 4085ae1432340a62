/**
 * Two-sided tail probabilities of the normal and of Student's t distribution, to about 1e-13 relative.
 *
 * Normal: the error function by its series (DLMF 7.6.2), beyond 2 by its continued fraction (DLMF 7.9.2).
 * Student: the regularised incomplete beta function by its continued fraction (DLMF 8.17.22), evaluated by Lentz's method.
 * All of it in double precision; the platform has none of these functions.
 */

/** P(|Z| ≥ |z|) for a standard normal Z. */
export function normalTwoSided(z: number): number {
  return complementaryError(Math.abs(z) / Math.SQRT2)
}

/** P(|T| ≥ |t|) for Student's t with `df` degrees of freedom (DLMF 8.17: I_x(df/2, 1/2) with x = df/(df + t²)). */
export function studentTwoSided(t: number, df: number): number {
  if (Number.isNaN(t) || Number.isNaN(df)) return Number.NaN
  return regularisedBeta(df / (df + t * t), df / 2, 0.5)
}

/** erfc(x) for x ≥ 0. */
function complementaryError(x: number): number {
  if (x < 2) return 1 - errorBySeries(x)
  // √π·e^(x²)·erfc(x) = 1 / (x + (1/2)/(x + (2/2)/(x + (3/2)/(x + …)))); 80 terms are plenty from x = 2 on
  let tail = x
  for (let k = 80; k >= 1; k--) tail = x + k / 2 / tail
  return Math.exp(-x * x) / (Math.sqrt(Math.PI) * tail)
}

/** erf(x) = (2/√π)·e^(−x²)·Σ 2ⁿ·x^(2n+1) / (1·3·5·…·(2n+1)): all terms positive, so nothing cancels. */
function errorBySeries(x: number): number {
  let term = x
  let sum = x
  for (let n = 1; term > sum * Number.EPSILON; n++) {
    term *= (2 * x * x) / (2 * n + 1)
    sum += term
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum
}

/** I_x(a, b) for 0 ≤ x ≤ 1. */
function regularisedBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0
  if (x >= 1) return 1
  // The fraction converges fast below the mean; above it use the mirror image.
  if (x > (a + 1) / (a + b + 2)) return 1 - regularisedBeta(1 - x, b, a)
  const front = Math.exp(a * Math.log(x) + b * Math.log1p(-x) + logGamma(a + b) - logGamma(a) - logGamma(b))
  return (front / a) * betaFraction(x, a, b)
}

/** 1 / (1 + d₁/(1 + d₂/(1 + …))) of DLMF 8.17.22, by the modified method of Lentz. */
function betaFraction(x: number, a: number, b: number): number {
  const tiny = 1e-300
  const away = (value: number) => (Math.abs(value) < tiny ? tiny : value)
  let c = 1
  let d = 1 / away(1 - ((a + b) * x) / (a + 1))
  let result = d
  for (let m = 1; m <= 1000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
    d = 1 / away(1 + even * d)
    c = away(1 + even / c)
    result *= d * c
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))
    d = 1 / away(1 + odd * d)
    c = away(1 + odd / c)
    const factor = d * c
    result *= factor
    if (Math.abs(factor - 1) < 1e-15) break
  }
  return result
}

/** ln Γ(x) for x > 0: moved up to x ≥ 10 by Γ(x + 1) = x·Γ(x), then Stirling's series (DLMF 5.11.1) with seven terms. */
function logGamma(x: number): number {
  let shift = 0
  let z = x
  for (; z < 10; z++) shift += Math.log(z)
  const inverse = 1 / (z * z)
  let series = 0
  for (const coefficient of STIRLING) series = series * inverse + coefficient
  return (z - 0.5) * Math.log(z) - z + 0.5 * Math.log(2 * Math.PI) + series / z - shift
}

/** B₂ₖ / (2k·(2k − 1)), k = 7 … 1. */
const STIRLING = [1 / 156, -691 / 360360, 1 / 1188, -1 / 1680, 1 / 1260, -1 / 360, 1 / 12]
