/** The README's blocks run: every `npm run …` line as a command, every TypeScript block as a program. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { README, regenerated } from '../scripts/readme.js'
import { cli } from './support/cli.js'

const text = readFileSync(README, 'utf8')
const blocks = (language: string) => [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map((match) => match[1]!)
const commands = blocks('sh').flatMap(
  (block) =>
    [...block.matchAll(/^npm run ([\w-]+)(?: -- (.*))?$/gm)]
      .map((match) => [match[1]!, match[2] ?? ''] as const)
      .filter(([command]) => command !== 'example'), // test/examples runs those
)

let folder = ''
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tau-rl-readme-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

/** What makes a command of the README short and keeps it in a folder of its own; the last of two equal flags counts. */
const SHORT: Readonly<Record<string, readonly string[]>> = {
  train: ['--total-steps', '1024', '--set', 'learn.epochs=1', '--set', 'learn.rolloutSteps=64', '--eval-episodes', '2', '--runs-dir'],
  compare: ['--seeds', '1', '--total-steps', '512', '--set', 'learn.epochs=1', '--comparisons-dir'],
  eval: ['--episodes', '2', '--runs-dir'],
  replay: ['--runs-dir'],
  export: ['--runs-dir'],
}

describe('README', () => {
  test('has commands and programs to check', () => {
    expect(commands.length).toBeGreaterThan(7)
    expect(blocks('ts').length).toBeGreaterThan(2)
  })

  test('every command does what it says', async () => {
    for (const [command, flags] of commands) {
      const short = SHORT[command] ?? []
      const { code, stderr } = await cli([
        command,
        ...flags.split(' ').filter((word) => word !== ''),
        ...short,
        ...(short.length > 0 ? [folder] : []),
      ])
      expect(`${command} ${flags}: ${code} ${code === 0 ? '' : stderr}`).toBe(`${command} ${flags}: 0 `)
    }
  })

  test.each(blocks('ts').map((program, i) => [i + 1, program] as const))('program %i runs', (i, program) => {
    const file = join(fileURLToPath(new URL('.', import.meta.url)), `readme-program-${i}.tmp.ts`) // beside us, so that it finds the packages
    writeFileSync(file, program)
    try {
      execFileSync(process.execPath, ['--import', 'tsx', file], { stdio: 'pipe' })
    } finally {
      rmSync(file)
    }
  })

  test('its generated parts are up to date: npm run readme', () => {
    expect(regenerated(text)).toBe(text)
  })
})
