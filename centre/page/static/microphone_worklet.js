// Hands the microphone's sound on, block by block, as it is.

registerProcessor("microphone", class extends AudioWorkletProcessor {
  process([input]) {
    if (input[0]) this.port.postMessage(input[0].slice());
    return true;
  }
});
