// Records a sentence in the browser, shows its wave to cut by, and puts it into the form as a WAV file. Without this
// file a recording made elsewhere can be sent.

const RATE = 24_000;
const LONGEST_SECONDS = 60;
const QUIETEST = 0.02; // largest sample under which a take is too quiet
const LOUDEST = 0.99;
const AROUND = 0.15; // seconds left around the speech when it is cut by itself

const find = (id) => document.getElementById(id);
const studio = find("studio");
let heard = new Float32Array(0);

if (studio && navigator.mediaDevices && window.AudioWorkletNode) {
  studio.hidden = false;
  find("begin").addEventListener("click", record);
  find("hear").addEventListener("click", play);
  for (const edge of ["from", "to"]) find(edge).addEventListener("input", () => { draw(); hand(); });
}

async function record() {
  const said = find("said");
  let stream;
  try {
    // What a telephone does to a voice comes later; what a browser would do to it cannot be undone.
    stream = await navigator.mediaDevices.getUserMedia({
      audio: { channelCount: 1, echoCancellation: false, noiseSuppression: false, autoGainControl: false },
    });
  } catch {
    said.textContent = studio.dataset.failed;
    return;
  }
  const context = new AudioContext({ sampleRate: RATE });
  await context.audioWorklet.addModule(new URL("microphone_worklet.js", import.meta.url));
  const blocks = [];
  const node = new AudioWorkletNode(context, "microphone", { numberOfOutputs: 0, channelCount: 1, channelCountMode: "explicit" });
  node.port.onmessage = ({ data }) => blocks.push(data);
  context.createMediaStreamSource(stream).connect(node);
  said.textContent = studio.dataset.running;
  find("begin").hidden = true;
  find("end").hidden = false;
  find("end").focus();
  await Promise.race([
    new Promise((resolve) => find("end").addEventListener("click", resolve, { once: true })),
    new Promise((resolve) => setTimeout(resolve, LONGEST_SECONDS * 1000)),
  ]);
  for (const track of stream.getTracks()) track.stop();
  await context.close();
  find("begin").hidden = false;
  find("end").hidden = true;
  heard = new Float32Array(blocks.reduce((length, block) => length + block.length, 0));
  blocks.reduce((at, block) => { heard.set(block, at); return at + block.length; }, 0);
  cutBySpeech();
  draw();
  hand();
  const peak = heard.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  said.textContent = studio.dataset[peak < QUIETEST ? "quiet" : peak > LOUDEST ? "loud" : "good"];
  find("hear").hidden = find("cut").hidden = false;
  find("hear").focus();
}

/** Set both edges around what is louder than a twentieth of the loudest. */
function cutBySpeech() {
  const peak = heard.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const loud = (value) => Math.abs(value) > peak / 20;
  const first = heard.findIndex(loud), last = heard.findLastIndex(loud);
  const thousandth = (at) => Math.round(1000 * Math.min(1, Math.max(0, at / heard.length)));
  find("from").value = first < 0 ? 0 : thousandth(first - AROUND * RATE);
  find("to").value = last < 0 ? 1000 : thousandth(last + AROUND * RATE);
}

function kept() {
  const [from, to] = ["from", "to"].map((edge) => Math.round(heard.length * find(edge).value / 1000));
  return heard.subarray(Math.min(from, to), Math.max(from, to));
}

function draw() {
  const canvas = find("wave"), brush = canvas.getContext("2d"), style = getComputedStyle(canvas);
  const [from, to] = ["from", "to"].map((edge) => canvas.width * find(edge).value / 1000);
  brush.clearRect(0, 0, canvas.width, canvas.height);
  const step = heard.length / canvas.width;
  for (let x = 0; x < canvas.width; x++) {
    const piece = heard.subarray(x * step, (x + 1) * step);
    const high = piece.reduce((most, value) => Math.max(most, Math.abs(value)), 0) * canvas.height / 2;
    brush.fillStyle = x >= from && x <= to ? style.getPropertyValue("--leaf") : style.getPropertyValue("--edge");
    brush.fillRect(x, canvas.height / 2 - high, 1, Math.max(1, 2 * high));
  }
}

async function play() {
  const sound = kept();
  if (!sound.length) return;
  const context = new AudioContext({ sampleRate: RATE });
  const buffer = context.createBuffer(1, sound.length, RATE);
  buffer.copyToChannel(sound, 0);
  const source = new AudioBufferSourceNode(context, { buffer });
  source.connect(context.destination);
  source.addEventListener("ended", () => context.close());
  source.start();
}

/** Put what is kept into the form's file field, as if it had been chosen from the disk. */
function hand() {
  const files = new DataTransfer();
  files.items.add(new File([wav(kept())], "take.wav", { type: "audio/wav" }));
  find("sound").files = files.files;
}

function wav(sound) {
  const bytes = new DataView(new ArrayBuffer(44 + 2 * sound.length));
  const letters = (at, text) => [...text].forEach((sign, place) => bytes.setUint8(at + place, sign.charCodeAt(0)));
  letters(0, "RIFF");
  bytes.setUint32(4, 36 + 2 * sound.length, true);
  letters(8, "WAVEfmt ");
  bytes.setUint32(16, 16, true);
  bytes.setUint16(20, 1, true); // PCM
  bytes.setUint16(22, 1, true); // one channel
  bytes.setUint32(24, RATE, true);
  bytes.setUint32(28, 2 * RATE, true);
  bytes.setUint16(32, 2, true);
  bytes.setUint16(34, 16, true);
  letters(36, "data");
  bytes.setUint32(40, 2 * sound.length, true);
  sound.forEach((value, at) => bytes.setInt16(44 + 2 * at, Math.max(-1, Math.min(1, value)) * 32_767, true));
  return bytes;
}
