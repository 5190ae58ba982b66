// What was said and keyed in a call, for people who look. It is kept nowhere.
export class Transcript {
  #list;
  #spoken = 0;
  #keys = null;

  constructor(list) {
    this.#list = list;
  }

  clear() {
    this.#list.replaceChildren();
    this.#spoken = 0;
    this.#keys = null;
  }

  /** Words of the assistant; each move is shown once. */
  said({ sequence, lines }) {
    if (sequence <= this.#spoken) return;
    this.#spoken = sequence;
    this.#keys = null;
    this.#add("received", lines.join("\n")).lang = "vi";
  }

  /** A key of the caller; keys in a row stand in one line. */
  pressed(key) {
    this.#keys ??= this.#add("sent", "");
    this.#keys.textContent += key;
    this.#list.scrollTop = this.#list.scrollHeight;
  }

  #add(kind, words) {
    const message = document.createElement("div");
    message.className = `message ${kind}`;
    const bubble = document.createElement("p");
    bubble.className = "bubble";
    bubble.textContent = words;
    message.append(bubble);
    this.#list.append(message);
    this.#list.scrollTop = message.offsetTop - this.#list.offsetTop - 8;
    return bubble;
  }
}
