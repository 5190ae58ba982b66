// How this visitor wants it. Kept in memory: the next one begins with the usual.
export const USUAL = Object.freeze({
  volume: "normal", speed: "normal", size: "normal", contrast: "normal", captions: "off", scanning: "off", hold: "off",
});
export const CHOICES = {
  volume: ["off", "low", "normal", "loud"],
  speed: ["slow", "normal", "fast"],
  size: ["normal", "large", "huge"],
  contrast: ["normal", "high"],
  captions: ["off", "on"],
  hold: ["off", "on"],
  scanning: ["off", "on"],
};
export const preferences = { ...USUAL };
const listeners = [];

export function whenPreferencesChange(listener) { listeners.push(listener); }

export function prefer(name, value) {
  if (!Object.hasOwn(CHOICES, name)) throw new Error(`no such preference: ${name}`);
  preferences[name] = value;
  const root = document.documentElement;
  root.dataset.size = preferences.size;
  root.dataset.contrast = preferences.contrast;
  listeners.forEach((listener) => listener(name, value));
}
