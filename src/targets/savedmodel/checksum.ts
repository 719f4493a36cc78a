/** The checksum of TensorFlow's files: CRC-32C, masked because a checksum of what holds checksums is weak. */

/** Of the parts as one. Between 0 and 2^32. */
export function maskedChecksum(...parts: readonly Uint8Array[]): number {
  const sum = crc32c(parts);
  const rotated = (sum >>> 15) | (sum << 17);
  return (rotated + 0xa282ead8) >>> 0;
}

/** As in RFC 3720, with a table of what each byte does. */
export function crc32c(parts: readonly Uint8Array[]): number {
  table ??= makeTable();
  let sum = -1;
  for (const part of parts)
    for (let at = 0; at < part.length; at += 1)
      sum = (table[(sum ^ (part[at] ?? 0)) & 0xff] ?? 0) ^ (sum >>> 8);
  return ~sum >>> 0;
}

let table: Int32Array | undefined;

function makeTable(): Int32Array {
  const REFLECTED_POLYNOMIAL = 0x82f63b78;
  return Int32Array.from({ length: 256 }, (_, byte) => {
    let rest = byte;
    for (let bit = 0; bit < 8; bit += 1) rest = rest & 1 ? (rest >>> 1) ^ REFLECTED_POLYNOMIAL : rest >>> 1;
    return rest;
  });
}
