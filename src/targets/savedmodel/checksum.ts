/** The checksum of TensorFlow's files: CRC-32C, masked because a checksum of what holds checksums is weak. */
import crc32c from "crc-32/crc32c.js";

/** Of the parts as one. Between 0 and 2^32. */
export function maskedChecksum(...parts: readonly Uint8Array[]): number {
  const sum = parts.reduce((seed, part) => crc32c.buf(part, seed), 0);
  const rotated = (sum >>> 15) | (sum << 17);
  return (rotated + 0xa282ead8) >>> 0;
}
