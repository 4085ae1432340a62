/** Export formats by name. */
import { UsageError } from '../core/errors.js'
import { didYouMean } from '../core/suggest.js'
import type { ExportFormat } from './format.js'
import { onnx } from './onnx.js'
import { safetensors } from './safetensors.js'
import { tfjs } from './tfjs.js'

const FORMATS: readonly ExportFormat[] = [onnx, safetensors, tfjs]

export const exportFormats = (): readonly ExportFormat[] => FORMATS

/** @throws UsageError with near names for a name that nobody knows */
export function exportFormat(name: string): ExportFormat {
  const found = FORMATS.find((format) => format.name === name)
  const names = FORMATS.map((format) => format.name)
  if (!found) throw new UsageError(`there is no export format "${name}": there are ${names.join(', ')}.${didYouMean(name, names)}`)
  return found
}
