// Cuts the microphone's sound into pieces of 20 ms of 16-bit samples.
class Pieces extends AudioWorkletProcessor {
  constructor() {
    super();
    this.size = Math.round(sampleRate / 50);
    this.piece = new Int16Array(this.size);
    this.filled = 0;
  }

  process([[samples]]) {
    if (!samples) return true;
    for (const sample of samples) {
      const held = Math.max(-1, Math.min(1, sample));
      this.piece[this.filled] = Math.round(held * 32767);
      this.filled += 1;
      if (this.filled === this.size) {
        this.port.postMessage(this.piece.buffer, [this.piece.buffer]);
        this.piece = new Int16Array(this.size);
        this.filled = 0;
      }
    }
    return true;
  }
}
registerProcessor("pieces", Pieces);
