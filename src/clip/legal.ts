/**
 * What goes together: for every rule, the words of a clip that createClip accepts. Found by asking createClip for each combination, so that
 * the table in the documentation and the tests that run through it cannot differ from the code.
 *
 * An option of a rule may change what τ is made for (mean-std over elements or over norms); then each of its choices has a row.
 */
import type { ClipConfig } from '../core/config/schema.js'
import { CLIP_LIKE, CLIP_OF, CLIP_PER, CLIP_SHAPES, CLIP_STAGES, type LegalWords, whyIllegal } from './clip.js'
import { createClip } from './registry.js'
import type { ClipRule } from './rule.js'
import { RULES, type RuleName } from './rules.js'

export interface LegalRow {
  /** Of the registry, with the option that this row is for: 'fixed', 'mean-std:over=element'. */
  readonly names: readonly string[]
  /** What makes each of them, words apart. */
  readonly configs: readonly ClipConfig[]
  readonly words: readonly LegalWords[]
}

/** Every combination that a rule accepts. */
export const legalWords = (rule: ClipRule): LegalWords[] => COMBINATIONS.filter((words) => whyIllegal(rule, words) === null)

/** All rules with all their legal words; rules that accept the same ones share a row. */
export function legalRows(): LegalRow[] {
  const rows = new Map<string, { names: string[]; configs: ClipConfig[]; words: LegalWords[] }>()
  for (const rule of Object.keys(RULES) as RuleName[]) {
    for (const { name, config, words } of variantsOf(rule)) {
      const key = JSON.stringify(words)
      const row = rows.get(key) ?? { names: [], configs: [], words }
      row.names.push(name)
      row.configs.push(config)
      rows.set(key, row)
    }
  }
  return [...rows.values()]
}

/** The values of one word among `words`, in their usual order. */
export const valuesOf = <W extends keyof LegalWords>(word: W, words: readonly LegalWords[]): LegalWords[W][] => [
  ...new Set(words.map((one) => one[word])),
]

const COMBINATIONS: readonly LegalWords[] = CLIP_OF.flatMap((of) =>
  CLIP_PER.flatMap((per) =>
    CLIP_SHAPES.flatMap((shape) =>
      CLIP_STAGES.flatMap((stage) =>
        CLIP_LIKE.flatMap((like) => [false, true].map((errorFeedback) => ({ of, per, shape, stage, like, errorFeedback }))),
      ),
    ),
  ),
)

/** The rule as it is, or once for each choice of an option that changes what is legal. */
function variantsOf(rule: RuleName): { name: string; config: ClipConfig; words: LegalWords[] }[] {
  const variant = (name: string, config: ClipConfig) => ({ name, config, words: legalWords(createClip(config).rule) })
  for (const [option, { kind, ...rest }] of Object.entries(RULES[rule].options)) {
    if (kind !== 'choice') continue
    const { values } = rest as { readonly values: readonly string[] }
    const variants = values.map((value) => variant(`${rule}:${option}=${value}`, { name: rule, [option]: value }))
    if (new Set(variants.map(({ words }) => JSON.stringify(words))).size > 1) return variants
  }
  return [variant(rule, { name: rule })]
}
