/** Numbers as people read them; a dash where there is none. */
import type { Interval } from '../statistics/bootstrap.js'

export const NONE = '–'

/** Four significant digits or one decimal, whichever says more: '-151.3', '12.31', '0.05', '3.2e-7'. */
export function formatNumber(value: number | null | undefined): string {
  if (value === null || value === undefined || Number.isNaN(value)) return NONE
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '-∞'
  const size = Math.abs(value)
  if (size === 0) return '0'
  if (size < 1e-3 || size >= 1e9) return value.toExponential(1)
  if (size >= 100) return value.toFixed(1)
  if (size >= 10) return value.toFixed(2)
  return size >= 1 ? value.toFixed(3) : String(Number(value.toPrecision(3)))
}

/** Whole numbers with K and M: '66.5K'. */
export function formatCount(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return NONE
  if (value < 10_000) return String(Math.round(value))
  return value < 1e6 ? `${(value / 1e3).toFixed(1)}K` : `${(value / 1e6).toFixed(2)}M`
}

export const formatInterval = (interval: Interval | null | undefined): string =>
  interval ? `[${formatNumber(interval.low)}, ${formatNumber(interval.high)}]` : NONE

/** '+12.31', '-4.002' */
export const formatDifference = (value: number): string => (value > 0 ? `+${formatNumber(value)}` : formatNumber(value))

/** '0.031', '<0.001' */
export function formatP(p: number | null | undefined): string {
  if (p === null || p === undefined) return NONE
  return p < 0.001 ? '<0.001' : p.toFixed(3)
}

export const formatPercent = (share: number | null | undefined): string =>
  share === null || share === undefined ? NONE : `${(100 * share).toFixed(0)}%`
