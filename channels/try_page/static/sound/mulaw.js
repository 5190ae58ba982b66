// G.711 mu-law, the sound of telephone lines: one byte a sample, at 8000 samples a second.
export const RATE = 8000;

const BIAS = 132;
const LARGEST = 32635;

/** A sample between -1 and 1 as a byte. */
export function encode(sample) {
  const value = Math.round(sample * 32767);
  const magnitude = Math.min(Math.abs(value), LARGEST) + BIAS;
  const exponent = 24 - Math.clz32(magnitude);
  const mantissa = (magnitude >> (exponent + 3)) & 15;
  return ~((value < 0 ? 128 : 0) | (exponent << 4) | mantissa) & 255;
}

const DECODED = Float32Array.from({ length: 256 }, (_, byte) => {
  const bits = ~byte & 255;
  const magnitude = ((((bits & 15) << 3) + BIAS) << ((bits >> 4) & 7)) - BIAS;
  return (bits & 128 ? -magnitude : magnitude) / 32768;
});

/** Bytes as samples between -1 and 1. */
export function decode(bytes) {
  return Float32Array.from(bytes, (byte) => DECODED[byte]);
}
