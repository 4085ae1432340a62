/**
 * A small typeface for pictures: printable ASCII on a grid of 5 × 7. Drawn for this project.
 * Each letter is seven digits to base 32, one a row from the top; the highest of a digit's five bits is the pixel on the left.
 */

export const GLYPH_WIDTH = 5 // pixels
export const GLYPH_HEIGHT = 7 // pixels

const FIRST = 0x20 // the code of the first letter, the space
const LETTERS = `
  0000000 4444404 aa00000 aavavaa 4fke5u4 pp248jj cik8lid 4400000 2488842 8422248 0level0 044v440 0000448 000v000 00000cc 01248g0
  ehjlphe 4c4444e eh168gv u11e11u iiiv222 vggu11u egguhhe v122444 ehhehhe ehhf11e 0cc0cc0 0cc0c48 168g861 00v0v00 gc212cg eh16404
  ehnlnge 4ahhvhh uhhuhhu ehggghe uhhhhhu vgguggv vgguggg ehgnhhe hhhvhhh e44444e 72222ic hikokih ggggggv hrllhhh hppljjh ehhhhhe
  uhhuggg ehhhlid uhhukih fgge11u v444444 hhhhhhe hhhhaa4 hhhllrh hha4ahh hha4444 v1248gv e88888e 0g84210 e22222e 4ah0000 000000v
  8400000 00e1fhf gguhhhu 00fgggf 11fhhhf 00ehvge 68u8888 0fhhf1e gguhhhh 40c444e 206222c ggikoki c44444e 00qllll 00uhhhh 00ehhhe
  0uhhugg 0fhhf11 00moggg 00fge1u 88u8886 00hhhhf 00hhaa4 00lllla 00ha4ah 0hha448 00v248v 6448446 4444444 c44244c 009m000
`
  .trim()
  .split(/\s+/)

const UNKNOWN = 'vhhhhhv' // a box

/** Whether the pixel in `column` 0 … 4 and `row` 0 … 6 of a character is set. */
export function glyphPixel(character: string, column: number, row: number): boolean {
  const rows = LETTERS[character.codePointAt(0)! - FIRST] ?? UNKNOWN
  return ((Number.parseInt(rows[row]!, 32) >> (GLYPH_WIDTH - 1 - column)) & 1) === 1
}
