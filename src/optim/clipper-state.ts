/** What a clipper leaves on disk: for each clip of its plan the rule's name, the state of every group, and what was cut off and is owed. */
import { RunError } from '../core/errors.js'
import type { Json } from '../core/json.js'
import type { ClipPass } from './clip-pass.js'

type SavedPass = { rule: string; groups: { name: string; state: Json }[]; residual: { readonly [name: string]: Json } | null }

export const savePasses = (passes: readonly ClipPass[]): Json =>
  passes.map(({ clip, groups, states, residual }) => ({
    rule: ruleName(clip.rule),
    groups: groups.map(({ name }, g) => ({ name, state: states[g]! })),
    residual: residual?.save() ?? null,
  }))

/** @throws RunError when it was saved by other rules or for other groups; then nothing is changed */
export function loadPasses(saved: Json, passes: readonly ClipPass[]): void {
  if (!Array.isArray(saved) || saved.length !== passes.length)
    throw new RunError(
      `clip: the saved state does not fit: expected ${passes.length} clips, got ${Array.isArray(saved) ? saved.length : 'none'}`,
    )
  const read = passes.map((pass, i) => readPass(saved[i], pass))
  passes.forEach((pass, i) => {
    pass.states = read[i]!
  })
}

/** A saved state for more groups than it had: the saved one where a group of that name exists, the fresh one elsewhere. */
export function carriedOver(saved: Json, fresh: Json): Json {
  const [old, now] = [saved, fresh] as unknown as SavedPass[][]
  return now!.map((pass, i) => {
    const before = old![i]
    if (before === undefined || !Array.isArray(before.groups)) return pass
    const states = new Map(before.groups.map((group) => [group.name, group]))
    return {
      rule: before.rule,
      groups: pass.groups.map((group) => ({ ...(states.get(group.name) ?? group) })),
      residual: pass.residual && { ...pass.residual, ...before.residual },
    }
  })
}

function readPass(saved: Json | undefined, { clip, groups, residual }: ClipPass): Json[] {
  const { name, rule } = clip
  const refuse = (what: string): never => {
    throw new RunError(`clip "${name}": the saved state does not fit: ${what}`)
  }
  if (!isObject(saved) || !Array.isArray(saved['groups'])) return refuse('expected a rule and a list of groups')
  if (saved['rule'] !== ruleName(rule)) refuse(`expected the rule "${ruleName(rule)}", got ${JSON.stringify(saved['rule'])}`)
  const list: readonly Json[] = saved['groups']
  if (list.length !== groups.length) refuse(`expected ${groups.length} groups, got ${list.length}`)
  const states = groups.map((group, g) => {
    const entry = list[g]!
    if (!isObject(entry) || entry['name'] !== group.name || entry['state'] === undefined)
      return refuse(`expected the group "${group.name}", got ${JSON.stringify(isObject(entry) ? entry['name'] : entry)}`)
    if (!sameKind(rule.init(), entry['state'])) refuse(`the state of "${group.name}" is not one of ${rule.name}`)
    return entry['state']
  })
  if (residual !== null) {
    const owed = saved['residual']
    if (!isObject(owed) || !residual.load(owed)) refuse('expected what error feedback owes each parameter')
  }
  return states
}

const ruleName = (rule: ClipPass['clip']['rule']): string => rule.config?.name ?? rule.name

const isObject = (value: Json | undefined): value is { readonly [key: string]: Json } =>
  value !== null && typeof value === 'object' && !Array.isArray(value)

/** Same kind of value, same keys; what starts as null may have become anything. */
function sameKind(fresh: Json, saved: Json): boolean {
  if (fresh === null) return true
  if (Array.isArray(fresh)) return Array.isArray(saved)
  if (!isObject(fresh)) return typeof saved === typeof fresh
  return isObject(saved) && Object.entries(fresh).every(([key, value]) => saved[key] !== undefined && sameKind(value, saved[key]))
}
