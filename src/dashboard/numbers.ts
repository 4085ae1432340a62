/** Numbers as people read them: few digits, a steady width, no exponent unless it is needed. Every function answers '–' for "no number". */

const NO_NUMBER = '–'

/** Three significant digits, four above 100, in at most eight cells: 0.0123, 0.412, 4.05, 12.4, 487.2, 12.3k, 4.56M, 3.00e-5. */
export function number(value: number | null | undefined): string {
  if (value === null || value === undefined || Number.isNaN(value)) return NO_NUMBER
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '-∞'
  const size = Math.abs(value)
  if (size === 0) return '0'
  if (size < 0.000_999_5) return value.toExponential(2)
  if (size < 0.009_995) return value.toFixed(5)
  if (size < 0.099_95) return value.toFixed(4)
  if (size < 0.999_5) return value.toFixed(3)
  if (size < 9.995) return value.toFixed(2)
  if (size < 9999.95) return value.toFixed(1)
  return abbreviated(value)
}

/** A count: 950, 9,800 as 9800, 62.3k, 1.20M. */
export function count(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return NO_NUMBER
  return Math.abs(value) < 9999.5 ? String(Math.round(value)) : abbreviated(value)
}

/** A label of an axis, at most five cells: 0.05, 500, 12.5k, 1e-5. */
export function tick(value: number): string {
  const size = Math.abs(value)
  if (size === 0) return '0'
  if (!Number.isFinite(size)) return number(value)
  if (size < 0.001 || size >= 1e15) return shortExponent(value)
  if (size < 10_000) return shortest(value)
  return abbreviated(value).replace(/\.0+(?=[kMGT])|(?<=\.\d)0(?=[kMGT])/, '')
}

/** A share in whole percent: 0.123 → '12 %'; not quite 0 or 100 says so with one decimal. */
export function percent(share: number | null | undefined): string {
  if (share === null || share === undefined || !Number.isFinite(share)) return NO_NUMBER
  const value = share * 100
  const edge = (value > 0 && value < 0.95) || (value > 99.05 && value < 100)
  return `${edge ? value.toFixed(1) : Math.round(value)} %`
}

/** 7 s → '0:07', 754 s → '12:34', 3.7 h → '3:42:00', 49 h → '2d 01h'. */
export function duration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds) || seconds < 0) return NO_NUMBER
  const whole = Math.round(seconds)
  const days = Math.floor(whole / 86_400)
  const hours = Math.floor(whole / 3600) % 24
  const two = (value: number) => String(value).padStart(2, '0')
  if (days >= 1000) return '>999d'
  if (days > 0) return `${days}d ${two(hours)}h`
  const minutes = Math.floor(whole / 60) % 60
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`
}

/** Three significant digits and a letter for the thousands; beyond 10^15 an exponent. */
function abbreviated(value: number): string {
  for (const [unit, letter] of UNITS) {
    const scaled = value / unit
    if (Math.abs(scaled) < 999.5) return `${scaled.toFixed(Math.abs(scaled) < 9.995 ? 2 : Math.abs(scaled) < 99.95 ? 1 : 0)}${letter}`
  }
  return value.toExponential(2)
}

const UNITS = [
  [1e3, 'k'],
  [1e6, 'M'],
  [1e9, 'G'],
  [1e12, 'T'],
] as const

const shortExponent = (value: number): string => value.toExponential(0).replace('e+', 'e')

/** As many significant digits, up to four, as fit into five cells. */
function shortest(value: number): string {
  for (const digits of [4, 3, 2, 1]) {
    const text = String(Number(value.toPrecision(digits)))
    if (text.length <= 5) return text
  }
  return shortExponent(value)
}
