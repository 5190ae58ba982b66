// One media stream as a Twilio-compatible provider opens it: JSON messages over a WebSocket.
const FORMAT = { encoding: "audio/x-mulaw", sampleRate: 8000, channels: 1 };
const FRAME_MILLISECONDS = 20;
const MOST_WAITING = 64 * 1024; // bytes not yet sent from which sound is left out: late speech is no speech

export class ProviderStream {
  #socket;
  #call;
  #stream;
  #on;
  #sequence = 0;
  #chunk = 0;
  #started = false;

  /**
   * `stream` is what the server gave: path, id, account, parameters. `on.started()`, `on.audio(bytes)`,
   * `on.mark(name)` and `on.clear()` are what comes; `on.closed()` comes once, when the other side is gone.
   */
  constructor(call, stream, on) {
    this.#call = call;
    this.#stream = stream;
    this.#on = on;
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    this.#socket = new WebSocket(`${scheme}//${location.host}${stream.path}`);
    this.#socket.onopen = () => this.#start();
    this.#socket.onmessage = ({ data }) => this.#take(data);
    this.#socket.onclose = () => on.closed();
  }

  /** 20 ms of telephone sound. */
  sound(bytes) {
    if (!this.#started || this.#socket.bufferedAmount > MOST_WAITING) return;
    this.#chunk += 1;
    this.#send("media", {
      media: {
        track: "inbound",
        chunk: String(this.#chunk),
        timestamp: String((this.#chunk - 1) * FRAME_MILLISECONDS),
        payload: btoa(String.fromCharCode(...bytes)),
      },
    });
  }

  key(digit) {
    this.#send("dtmf", { dtmf: { track: "inbound_track", digit } });
  }

  /** Everything before this mark has been heard. */
  heard(name) {
    this.#send("mark", { mark: { name } });
  }

  /** The caller hung up. */
  stop() {
    this.#socket.onclose = null;
    this.#send("stop", { stop: { accountSid: this.#stream.account, callSid: this.#call } });
    this.#started = false;
    this.#socket.close();
  }

  #start() {
    this.#socket.send(JSON.stringify({ event: "connected", protocol: "Call", version: "1.0.0" }));
    this.#started = true;
    this.#send("start", {
      start: {
        accountSid: this.#stream.account,
        streamSid: this.#stream.id,
        callSid: this.#call,
        tracks: ["inbound"],
        mediaFormat: FORMAT,
        customParameters: this.#stream.parameters,
      },
    });
    this.#on.started();
  }

  #send(event, content) {
    if (!this.#started || this.#socket.readyState !== WebSocket.OPEN) return;
    this.#sequence += 1;
    const sequenceNumber = String(this.#sequence);
    this.#socket.send(JSON.stringify({ event, sequenceNumber, streamSid: this.#stream.id, ...content }));
  }

  #take(data) {
    const message = JSON.parse(data);
    if (message.event === "media") {
      this.#on.audio(Uint8Array.from(atob(message.media.payload), (sign) => sign.charCodeAt(0)));
    } else if (message.event === "mark") {
      this.#on.mark(message.mark.name);
    } else if (message.event === "clear") {
      this.#on.clear();
    }
  }
}
