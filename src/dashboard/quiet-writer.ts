/**
 * Writes to a stream until its reader goes away: `| head` must end the output, not the run.
 * A pipe reports that twice, as a thrown error and as an 'error' event, and later writes fail again: after the first, nothing is written.
 */

export interface QuietWriter {
  write(text: string): void
  /** True once the stream has failed. */
  readonly closed: () => boolean
}

/** The part of a Node stream that is needed. */
export interface WritableLike {
  write(text: string): unknown
  on(event: 'error', listener: (error: Error) => void): unknown
}

/** @param onClosed called once, with the error: EPIPE means that the reader left, anything else deserves a word on stderr */
export function quietWriter(stream: WritableLike, onClosed: (error: Error) => void = () => {}): QuietWriter {
  let closed = false
  const close = (error: unknown): void => {
    if (closed) return
    closed = true
    onClosed(error instanceof Error ? error : new Error(String(error)))
  }
  stream.on('error', close)
  return {
    write: (text) => {
      if (closed) return
      try {
        stream.write(text)
      } catch (error) {
        close(error)
      }
    },
    closed: () => closed,
  }
}
