// The sound of a call: microphone in, loudspeaker out, and the tones of the keys.
const FILES = "/try/static/sound";
const TONES = { rows: [697, 770, 852, 941], columns: [1209, 1336, 1477], keys: "123456789*0#" };
const TONE_SECONDS = 0.12;

/** Whether this browser gives sound to this page: only over https, or from the machine itself. */
export function soundIsPossible() {
  return globalThis.isSecureContext && "AudioWorkletNode" in globalThis;
}

/**
 * Open the loudspeaker at once, and the microphone when it is allowed.
 *
 * `on.frame(bytes)` gets 20 ms of telephone sound after the other, silence without a microphone; `on.microphone(state)`
 * is told on, denied or missing; `on.mark(name)` that a mark has been reached; `on.level(side, level)` how loud
 * microphone and loudspeaker are, from 0 to 1.
 */
export async function openSound(on) {
  const context = new AudioContext({ latencyHint: "interactive" });
  try {
    await Promise.all(["capture", "playback"].map((name) => context.audioWorklet.addModule(`${FILES}/${name}.js`)));
    await context.resume();
  } catch (error) {
    context.close();
    throw error;
  }
  const sound = new Sound(context, on);
  sound.useMicrophone();
  return sound;
}

class Sound {
  #context;
  #on;
  #capture;
  #playback;
  #tracks = [];

  constructor(context, on) {
    this.#context = context;
    this.#on = on;
    this.#capture = new AudioWorkletNode(context, "capture", { channelCount: 1, channelCountMode: "explicit" });
    this.#playback = new AudioWorkletNode(context, "playback", { numberOfInputs: 0, outputChannelCount: [1] });
    // Its output is silent, but without a way to the loudspeaker no browser has to run it.
    this.#capture.connect(context.destination);
    this.#playback.connect(context.destination);
    this.#capture.port.onmessage = ({ data }) => {
      on.frame(data.frame);
      on.level("microphone", data.level);
    };
    this.#playback.port.onmessage = ({ data }) => {
      if (data.mark !== undefined) on.mark(data.mark);
      else on.level("loudspeaker", data.level);
    };
  }

  async useMicrophone() {
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({
        audio: { channelCount: 1, echoCancellation: true, noiseSuppression: true, autoGainControl: true },
      });
    } catch (error) {
      if (this.#isOpen()) this.#on.microphone(error.name === "NotAllowedError" ? "denied" : "missing");
      return;
    }
    this.#tracks = stream.getTracks();
    if (!this.#isOpen()) {
      this.#stopTracks();
      return;
    }
    this.#context.createMediaStreamSource(stream).connect(this.#capture);
    this.#on.microphone("on");
  }

  /** Play this after what is still to be played. */
  play(audio) {
    this.#playback.port.postMessage({ audio }, [audio.buffer]);
  }

  /** Say so when everything before has been heard. */
  mark(name) {
    this.#playback.port.postMessage({ mark: name });
  }

  /** Be silent at once. */
  clear() {
    this.#playback.port.postMessage({ clear: true });
  }

  /** What the fingers hear; the line carries keys beside the sound. */
  tone(key) {
    const place = TONES.keys.indexOf(key);
    const volume = new GainNode(this.#context, { gain: 0.05 });
    volume.connect(this.#context.destination);
    for (const frequency of [TONES.rows[Math.floor(place / 3)], TONES.columns[place % 3]]) {
      const tone = new OscillatorNode(this.#context, { frequency });
      tone.connect(volume);
      tone.start();
      tone.stop(this.#context.currentTime + TONE_SECONDS);
    }
  }

  close() {
    this.#stopTracks();
    this.#capture.port.onmessage = null;
    this.#playback.port.onmessage = null;
    if (this.#isOpen()) this.#context.close();
  }

  #isOpen() {
    return this.#context.state !== "closed";
  }

  #stopTracks() {
    this.#tracks.forEach((track) => track.stop());
  }
}
