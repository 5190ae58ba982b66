// The page's own words. Answers always come from the assistant, in its language.
const TEXTS = {
  vi: {
    other: "English", other_lang: "en",
    document: "Một Cửa: nhắn thử",
    title: "Nhắn thử cho trợ lý",
    how_title: "Cách dùng",
    how_1: "Gõ câu hỏi như nhắn tin cho người quen, có dấu hay không dấu đều được.",
    how_2: "Tin đi qua đúng cổng tin nhắn mà nhà mạng sẽ gọi, nên câu trả lời giống hệt ngoài đời.",
    how_3: "Câu trả lời dài được chia trang. Bấm 1 rồi Gửi để xem tiếp.",
    samples_title: "Hỏi thử",
    privacy: "Số máy này là số giả, chỉ có trong thẻ trình duyệt này. Đừng nhắn thông tin thật.",
    phone_title: "Điện thoại",
    messages_label: "Tin nhắn",
    draft_label: "Nội dung tin nhắn",
    draft_hint: "Gõ câu hỏi…",
    send: "Gửi", erase: "Xóa", keypad_label: "Bàn phím", renew: "Đổi số máy mới",
    key: "Phím {key}", star: "Phím sao", hash: "Phím thăng",
    dossiers_title: "Hồ sơ mẫu để tra",
    dossiers_how: "Gửi mã hồ sơ, rồi gửi 4 số cuối khi được hỏi.",
    send_code: "Gửi mã này", send_last4: "Gửi 4 số cuối {last4}",
    cost: "{segments} tin · {units} ký tự · {encoding}",
    counter: "{units} ký tự · {segments} tin · {encoding}",
    waiting: "Đang chờ trả lời",
    failed: "Chưa gửi được. Hãy kiểm tra hệ thống rồi gửi lại.",
    silent: "(Không có tin trả lời.)",
    renewed: "Số máy mới: {number}",
  },
  en: {
    other: "Tiếng Việt", other_lang: "vi",
    document: "Một Cửa: try a text",
    title: "Text the assistant",
    how_title: "How it works",
    how_1: "Type a question as you would text a neighbour, in Vietnamese with or without diacritics.",
    how_2: "Your message goes through the very webhook a carrier calls, so the answer is what a citizen gets.",
    how_3: "Long answers come in pages. Press 1, then Send, for the next one.",
    samples_title: "Try asking",
    privacy: "This number is made up and lives in this browser tab only. Do not text anything real.",
    phone_title: "Telephone",
    messages_label: "Messages",
    draft_label: "Message text",
    draft_hint: "Type a question…",
    send: "Send", erase: "Erase", keypad_label: "Keypad", renew: "Take a new number",
    key: "Key {key}", star: "Star key", hash: "Hash key",
    dossiers_title: "Sample dossiers to look up",
    dossiers_how: "Send the dossier code, then the last four digits when asked.",
    send_code: "Send this code", send_last4: "Send last four {last4}",
    cost: "{segments} SMS · {units} characters · {encoding}",
    counter: "{units} characters · {segments} SMS · {encoding}",
    waiting: "Waiting for the answer",
    failed: "Not sent. Check the system, then send again.",
    silent: "(No message came back.)",
    renewed: "New number: {number}",
  },
};

let language = "vi";
const listeners = [];

/** A text in the language of the page; `{marks}` are filled in. */
export function text(key, values = {}) {
  return TEXTS[language][key].replace(/\{(\w+)\}/g, (_, mark) => values[mark]);
}

/** Call back now and whenever the language changes. */
export function whenLanguageChanges(listener) {
  listeners.push(listener);
  listener();
}

export function switchLanguage() {
  language = text("other_lang");
  listeners.forEach((listener) => listener());
}

/** Write the texts of all elements that name one. */
export function writeTexts(root = document) {
  document.documentElement.lang = language;
  document.title = text("document");
  root.querySelectorAll("[data-text]").forEach((node) => { node.textContent = text(node.dataset.text); });
  root.querySelectorAll("[data-label]").forEach((node) => { node.setAttribute("aria-label", text(node.dataset.label)); });
  root.querySelectorAll("[data-placeholder]").forEach((node) => { node.placeholder = text(node.dataset.placeholder); });
}
