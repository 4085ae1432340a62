/** Which commit a folder is at, read from `.git` itself: no program is started. */
import { readFileSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

const HASH = /^[0-9a-f]{40}([0-9a-f]{24})?$/

/** The commit checked out in the repository around `folder`, or null where there is none or it cannot be read. */
export function gitCommit(folder: string): string | null {
  try {
    const git = gitFolder(resolve(folder))
    if (git === null) return null
    const head = readFileSync(join(git, 'HEAD'), 'utf8').trim()
    const hash = head.startsWith('ref: ') ? lookUp(commonFolder(git), git, head.slice('ref: '.length)) : head
    return hash !== null && HASH.test(hash) ? hash : null
  } catch {
    return null // a fact worth having, but never worth a failed run
  }
}

/** `.git` is a folder, or in a worktree a file that says where the folder is. */
function gitFolder(from: string): string | null {
  const path = join(from, '.git')
  const found = statSync(path, { throwIfNoEntry: false })
  if (found?.isDirectory()) return path
  if (found?.isFile()) {
    const pointer = /^gitdir: (.+)$/m.exec(readFileSync(path, 'utf8'))
    return pointer ? resolve(from, pointer[1]!) : null
  }
  return dirname(from) === from ? null : gitFolder(dirname(from))
}

/** Branches of a worktree are kept in the main repository. */
function commonFolder(git: string): string {
  const common = readIfThere(join(git, 'commondir'))
  return common === null ? git : resolve(git, common.trim())
}

function lookUp(common: string, git: string, ref: string): string | null {
  if (ref.includes('..')) return null
  const loose = readIfThere(join(git, ref)) ?? readIfThere(join(common, ref))
  if (loose !== null) return loose.trim()
  const packed = readIfThere(join(common, 'packed-refs')) ?? ''
  return (
    packed
      .split('\n')
      .find((line) => line.endsWith(` ${ref}`))
      ?.split(' ')[0] ?? null
  )
}

function readIfThere(path: string): string | null {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ? readFileSync(path, 'utf8') : null
}
