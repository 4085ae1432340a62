import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { gitCommit } from '../../src/record/git-commit.js'
import { emptyFolder } from './support/folders.js'

const HASH = '0123456789abcdef0123456789abcdef01234567'

function repository(files: Readonly<Record<string, string>>): string {
  const root = emptyFolder()
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(root, path, '..'), { recursive: true })
    writeFileSync(join(root, path), content)
  }
  return root
}

describe('gitCommit', () => {
  test.each([
    ['a branch', { '.git/HEAD': 'ref: refs/heads/main\n', '.git/refs/heads/main': `${HASH}\n` }],
    ['a packed branch', { '.git/HEAD': 'ref: refs/heads/main\n', '.git/packed-refs': `# pack-refs\n${HASH} refs/heads/main\n` }],
    ['no branch', { '.git/HEAD': `${HASH}\n` }],
  ])('%s, from any folder below', (_, files) => {
    const root = repository({ ...files, 'deep/er/file': '' })
    expect(gitCommit(root)).toBe(HASH)
    expect(gitCommit(join(root, 'deep', 'er'))).toBe(HASH)
  })

  test('a worktree', () => {
    const main = repository({
      '.git/worktrees/w/HEAD': 'ref: refs/heads/side\n',
      '.git/worktrees/w/commondir': '../..\n',
      '.git/refs/heads/side': HASH,
    })
    expect(gitCommit(repository({ '.git': `gitdir: ${join(main, '.git', 'worktrees', 'w')}\n` }))).toBe(HASH)
  })

  test.each([
    ['no commit yet', { '.git/HEAD': 'ref: refs/heads/main\n' }],
    ['a reference that climbs out', { '.git/HEAD': 'ref: ../../secret\n', secret: HASH }],
    ['something else as hash', { '.git/HEAD': 'hello\n' }],
    ['an empty .git', { '.git/x': '' }],
  ])('%s: null', (_, files) => {
    expect(gitCommit(repository(files))).toBeNull()
  })
})
