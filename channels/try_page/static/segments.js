// Counts segments while somebody types; the rules and the alphabet are those of channels/rendering/segments.py.
const LIMITS = { "GSM-7": [160, 153], "UCS-2": [70, 67] };

/** A counting function for the alphabet the server gives: {basic, extension}. */
export function counterFor(alphabet) {
  const septets = new Map([...alphabet.basic].map((sign) => [sign, 1]));
  [...alphabet.extension].forEach((sign) => septets.set(sign, 2));

  return function count(text) {
    const signs = [...text];
    const encoding = signs.every((sign) => septets.has(sign)) ? "GSM-7" : "UCS-2";
    const widths = signs.map((sign) => (encoding === "GSM-7" ? septets.get(sign) : sign.length));
    const units = widths.reduce((sum, width) => sum + width, 0);
    const [alone, joined] = LIMITS[encoding];
    if (units <= alone) return { encoding, units, segments: 1 };
    let segments = 1;
    let used = 0;
    for (const width of widths) {
      if (used + width > joined) { segments += 1; used = 0; }
      used += width;
    }
    return { encoding, units, segments };
  };
}
