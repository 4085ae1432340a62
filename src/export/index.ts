/** Public names of the exports. */
export type { ExportFormat } from './format.js'
export { exportFormat, exportFormats } from './formats.js'
export { metadataOf } from './metadata.js'
export {
  type BoxActions,
  type ChoiceActions,
  describePolicy,
  type PolicyExport,
  type PolicyLayer,
  type PolicyStatistics,
} from './policy.js'
