/** The colours of inks, unless somebody chooses others: readable on a light page. */
import type { Ink } from './canvas.js'

/** A colour for each ink. SVG takes any that CSS knows; a raster takes '#rgb' and '#rrggbb'. */
export type Palette = Readonly<Record<Ink, string>>

export const INKS: readonly Ink[] = ['ground', 'body', 'accent', 'goal', 'danger', 'muted']

export const PALETTE: Palette = {
  ground: '#6b7280',
  body: '#374151',
  accent: '#d97706',
  goal: '#15803d',
  danger: '#b91c1c',
  muted: '#d1d5db',
}
