/** Numbers of 16 bits with the exponent of those of 32: bfloat16. */

/** The bits of the nearest bfloat16 of each number, ties to even. What is no number stays none. */
export function toBfloat16(values: Float32Array): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  // Half a step, less one bit where the digit before is even, so that a tie goes down there.
  return Uint16Array.from(bits, (all, index) =>
    Number.isNaN(values[index]) ? 0x7fc0 : (all + 0x7fff + ((all >>> 16) & 1)) >>> 16,
  );
}

/** The number nearest to this one that is a bfloat16. */
export function roundToBfloat16(value: number): number {
  const [bits = 0] = toBfloat16(Float32Array.of(value));
  return new Float32Array(Uint32Array.of(bits << 16).buffer)[0] ?? Number.NaN;
}
