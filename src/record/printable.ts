/** Text from a file on its way to a terminal. */

const MOST = 200 // characters

/** `text` on one line, without control characters (a file must not be able to steer the terminal), and not endless. */
export function printable(text: string): string {
  const clean = text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ').trim()
  return clean.length > MOST ? `${clean.slice(0, MOST - 1)}…` : clean
}
