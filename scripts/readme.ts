/** `npm run readme`: writes the README's generated parts anew, each between its two marks. A test says when they are out of date. */
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { clipEntries } from '../src/clip/registry.js'

export const README = fileURLToPath(new URL('../README.md', import.meta.url))

/** Parts by mark. */
const PARTS: Readonly<Record<string, () => string>> = { clips: clipsTable }

/** The text with every generated part as it should be. */
export function regenerated(text: string): string {
  return Object.entries(PARTS).reduce((whole, [mark, make]) => replacePart(whole, mark, make()), text)
}

function clipsTable(): string {
  const rows = clipEntries().map(({ name, description, source }) => `| \`${name}\` | ${description} | ${source} |`)
  return ['| clip | what it does | source |', '|---|---|---|', ...rows].join('\n')
}

function replacePart(text: string, mark: string, part: string): string {
  const from = text.indexOf(`<!-- ${mark} -->`)
  const to = text.indexOf(`<!-- /${mark} -->`)
  if (from < 0 || to < from) throw new Error(`README.md: expected <!-- ${mark} --> and <!-- /${mark} -->`)
  return `${text.slice(0, from)}<!-- ${mark} -->\n\n${part}\n\n${text.slice(to)}`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(README, regenerated(readFileSync(README, 'utf8')))
