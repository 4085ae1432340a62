/**
 * Weights in the order in which the matrix products read them: panels of 8 columns, each panel row after row, padded with zeros.
 */

/** Bias [outputs] and weights [inputs, outputs]: each panel begins with its eight biases. */
export function pack(weights: usize, bias: usize, inputs: i32, outputs: i32, out: usize): void {
  const ld = <usize>outputs << 2;
  for (let column = 0; column < outputs; column += 8) {
    const width = min(8, outputs - column);
    const at = <usize>column << 2;
    out = copyEight(bias + at, width, out);
    let source = weights + at;
    for (let row = 0; row < inputs; row++, source += ld) out = copyEight(source, width, out);
  }
}

/** The weights transposed: rows are outputs (padded to a multiple of 4), columns are inputs. */
export function packTransposed(weights: usize, inputs: i32, outputs: i32, out: usize): void {
  const ld = <usize>outputs << 2;
  const rows = (outputs + 3) & ~3;
  for (let column = 0; column < inputs; column += 8) {
    const source = weights + <usize>column * ld;
    transposeFour(source, min(4, inputs - column), outputs, ld, out);
    transposeFour(source + 4 * ld, inputs - column - 4, outputs, ld, out + 16);
    out += <usize>rows << 5;
  }
}

/** `count` ≤ 4 rows of `source` become `count` columns of a panel, the other columns of the four are 0. */
function transposeFour(source: usize, count: i32, length: i32, ld: usize, out: usize): void {
  let at = 0;
  if (count >= 4) {
    for (; at + 4 <= length; at += 4, source += 16, out += 128) {
      const a = v128.load(source), b = v128.load(source + ld), c = v128.load(source + 2 * ld), d = v128.load(source + 3 * ld);
      const abLow = v128.shuffle<i32>(a, b, 0, 4, 1, 5), abHigh = v128.shuffle<i32>(a, b, 2, 6, 3, 7);
      const cdLow = v128.shuffle<i32>(c, d, 0, 4, 1, 5), cdHigh = v128.shuffle<i32>(c, d, 2, 6, 3, 7);
      v128.store(out, v128.shuffle<i64>(abLow, cdLow, 0, 2));
      v128.store(out, v128.shuffle<i64>(abLow, cdLow, 1, 3), 32);
      v128.store(out, v128.shuffle<i64>(abHigh, cdHigh, 0, 2), 64);
      v128.store(out, v128.shuffle<i64>(abHigh, cdHigh, 1, 3), 96);
    }
  }
  for (const padded = (length + 3) & ~3; at < padded; at++, source += 4, out += 32) {
    v128.store(out, f32x4.splat(0));
    if (at >= length) continue;
    for (let k = 0; k < min(4, count); k++) store<f32>(out + (<usize>k << 2), load<f32>(source + <usize>k * ld));
  }
}

/** @returns the place after the eight floats */
function copyEight(source: usize, width: i32, out: usize): usize {
  if (width == 8) {
    v128.store(out, v128.load(source));
    v128.store(out, v128.load(source, 16), 16);
    return out + 32;
  }
  v128.store(out, f32x4.splat(0));
  v128.store(out, f32x4.splat(0), 16);
  for (let k: usize = 0; k < <usize>width << 2; k += 4) store<f32>(out + k, load<f32>(source + k));
  return out + 32;
}

/** Rows of `source` [*, width] named by `index` into padded rows [rows, ld], their padding up to a multiple of 8 zero. */
export function gather(source: usize, index: usize, rows: i32, width: i32, out: usize, ld: i32): void {
  const whole = <usize>(width & ~3) << 2, bytes = <usize>width << 2, padded = <usize>((width + 7) & ~7) << 2;
  for (let row = 0; row < rows; row++, index += 4, out += <usize>ld << 2) {
    const from = source + <usize>load<u32>(index) * bytes;
    let at: usize = 0;
    for (; at < whole; at += 16) v128.store(out + at, v128.load(from + at));
    for (; at < bytes; at += 4) store<f32>(out + at, load<f32>(from + at));
    for (; at < padded; at += 4) store<f32>(out + at, 0);
  }
}
