// One utterance: sound goes to our own server piece by piece and is kept nowhere.
const RATE = 16_000;
const FAR_TOO_LONG = 12_000;
const DEAD = 4_000;
const SOUND = { channelCount: 1, echoCancellation: false, noiseSuppression: false, autoGainControl: false };

export const hasMicrophone = () => Boolean(navigator.mediaDevices?.getUserMedia && window.AudioWorkletNode);

// Tells news: {type: "level" | "speech" | "partial" | "final" | "nothing" | "failed", ...}; the last three end it.
export class Utterance {
  constructor(tell, { byHand = false } = {}) {
    this.tell = tell;
    this.byHand = byHand;
    this.over = false;
    this.waiting = [];
  }

  async start() {
    try {
      this.stream = await navigator.mediaDevices.getUserMedia({ audio: SOUND });
      if (this.over) { this.close(); return; }
      // A plug was pulled.
      this.stream.getTracks().forEach((track) => track.addEventListener("ended", () => this.lose()));
      this.context = new AudioContext({ sampleRate: RATE });
      await this.context.audioWorklet.addModule("/kiosk/static/worklet.js");
      if (this.over) { this.close(); return; }
      this.connect();
      const pieces = new AudioWorkletNode(this.context, "pieces", { numberOfOutputs: 0 });
      pieces.port.onmessage = ({ data }) => this.take(data);
      this.context.createMediaStreamSource(this.stream).connect(pieces);
      await this.context.resume();
      this.listenFor();
    } catch {
      this.end({ type: "failed" });
    }
  }

  connect() {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    this.socket = new WebSocket(`${scheme}://${location.host}/kiosk/audio`);
    this.socket.binaryType = "arraybuffer";
    this.socket.onopen = () => {
      this.socket.send(JSON.stringify({ type: "start", by_hand: this.byHand }));
      this.waiting.forEach((piece) => this.socket.send(piece));
      this.waiting = [];
    };
    this.socket.onmessage = ({ data }) => {
      const news = JSON.parse(data);
      if (["final", "nothing", "failed"].includes(news.type)) this.end(news);
      else if (!this.over) this.tell(news);
    };
    this.socket.onerror = () => this.end({ type: "failed" });
    this.socket.onclose = () => this.end({ type: "failed" });
  }

  lose() { if (!this.stopped) this.end({ type: "failed" }); }

  // A microphone that gives no sound at all, not even silence, is broken.
  listenFor() {
    clearTimeout(this.deadness);
    this.deadness = setTimeout(() => this.lose(), DEAD);
  }

  take(piece) {
    if (this.over || this.stopped) return;
    this.listenFor();
    const samples = new Int16Array(piece);
    let sum = 0;
    for (const sample of samples) sum += sample * sample;
    this.tell({ type: "level", level: Math.min(1, Math.sqrt(sum / samples.length) / 6000) });
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(piece);
    else if (this.socket.readyState === WebSocket.CONNECTING) this.waiting.push(piece);
  }

  // The visitor has finished; the text comes as "final".
  stop() {
    if (this.stopped || this.over) return;
    this.stopped = true;
    this.stream?.getTracks().forEach((track) => track.stop());
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify({ type: "stop" }));
    else { this.end({ type: "nothing" }); return; }
    this.patience = setTimeout(() => this.end({ type: "failed" }), FAR_TOO_LONG);
  }

  cancel() {
    this.over = true;
    this.close();
  }

  end(news) {
    if (this.over) return;
    this.over = true;
    this.close();
    this.tell(news);
  }

  close() {
    clearTimeout(this.patience);
    clearTimeout(this.deadness);
    this.waiting = [];
    this.stream?.getTracks().forEach((track) => track.stop());
    if (this.context && this.context.state !== "closed") this.context.close();
    if (this.socket) {
      this.socket.onclose = this.socket.onerror = this.socket.onmessage = null;
      this.socket.close();
    }
  }
}
