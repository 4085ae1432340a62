/** Near names for a name that nobody knows. The same rule as the rest of the project uses; environments stand alone and keep their own. */
import { distance } from 'fastest-levenshtein'

/** Up to three of `names` that look like `name`, nearest first. */
function nearest(name: string, names: readonly string[]): string[] {
  const wanted = name.toLowerCase()
  return names
    .map((candidate) => ({ candidate, far: distance(wanted, candidate.toLowerCase()), begins: candidate.toLowerCase().startsWith(wanted) }))
    .filter(({ candidate, far, begins }) => begins || far <= Math.max(2, Math.floor(candidate.length / 3)))
    .sort((a, b) => a.far - b.far)
    .slice(0, 3)
    .map(({ candidate }) => candidate)
}

/** ' Did you mean "a" or "b"?', or '' when nothing is near. */
export function didYouMean(name: string, names: readonly string[]): string {
  const near = nearest(name, names)
  return near.length === 0 ? '' : ` Did you mean ${near.map((n) => `"${n}"`).join(' or ')}?`
}
