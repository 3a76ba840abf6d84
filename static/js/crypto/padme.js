/**
 * How many zero bytes Padmé (Nikitin et al., PETS 2019; docs/format.md section 7) adds to `totalBytes`. Exact
 * for every safe integer: the bit lengths come from text, not from logarithms or 32-bit operators.
 * @param {number} totalBytes
 */
export function padmePadding(totalBytes) {
  if (totalBytes < 2) return 0;
  const exponent = bitLength(totalBytes) - 1;
  const granule = 2 ** (exponent - bitLength(exponent));
  return (granule - (totalBytes % granule)) % granule;
}

/** @param {number} n */
const bitLength = (n) => n.toString(2).length;
