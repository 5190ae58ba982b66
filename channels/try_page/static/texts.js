// The page's own words. Answers always come from the assistant, in its language.
const TEXTS = {
  vi: {
    other: "English", other_lang: "en",
    document: "Một Cửa: nhắn thử, gọi thử",
    title: "Nhắn thử, gọi thử cho trợ lý",
    how_title: "Nhắn tin",
    how_1: "Gõ câu hỏi như nhắn tin cho người quen, có dấu hay không dấu đều được.",
    how_2: "Tin đi qua đúng cổng tin nhắn mà nhà mạng sẽ gọi, nên câu trả lời giống hệt ngoài đời.",
    how_3: "Câu trả lời dài được chia trang. Bấm 1 rồi Gửi để xem tiếp.",
    samples_title: "Hỏi thử",
    call_how_title: "Gọi điện",
    call_how_1: "Bấm nút Gọi màu xanh. Trình duyệt hỏi micrô thì chọn Cho phép. Không có micrô vẫn gọi được bằng phím.",
    call_how_2: "Nói, hoặc bấm phím, cả khi máy đang nói: 1 hỏi thủ tục, 2 xem hồ sơ, 3 phản ánh, 0 gặp cán bộ.",
    call_how_3: "Thử bấm 2, rồi nhập mã của một hồ sơ mẫu. Chỉ bấm các chữ số, xong bấm phím thăng.",
    privacy: "Số máy này là số giả, chỉ có trong thẻ trình duyệt này. Đừng nhắn hay nói thông tin thật.",
    phone_title: "Điện thoại",
    messages_label: "Tin nhắn",
    draft_label: "Nội dung tin nhắn",
    draft_hint: "Gõ câu hỏi…",
    send: "Gửi", erase: "Xóa", keypad_label: "Bàn phím", renew: "Đổi số máy mới",
    key: "Phím {key}", star: "Phím sao", hash: "Phím thăng",
    dossiers_title: "Hồ sơ mẫu để tra",
    dossiers_how: "Gửi hoặc bấm mã hồ sơ, rồi 4 số cuối khi được hỏi.",
    send_code: "Gửi mã này", send_last4: "Gửi 4 số cuối {last4}",
    press_code: "Bấm {keys}", press_last4: "Bấm 4 số cuối {last4}",
    dial: "Gọi", hang_up: "Cúp máy", to_texts: "Về tin nhắn",
    microphone: "Micrô", microphone_level: "Tiếng vào micrô",
    loudspeaker: "Loa", loudspeaker_level: "Tiếng ra loa",
    call_lines: "Lời máy nói và phím đã bấm",
    kiosk_title: "Ki-ốt ở xã",
    kiosk_how: "Màn hình chạm đặt ở trụ sở xã, cho người không có điện thoại.",
    kiosk_open: "Mở ki-ốt ở đây", kiosk_apart: "Mở trang riêng",
    call_calling: "Đang gọi…",
    call_talking: "Đang nói chuyện",
    call_ringing: "Đang nối với cán bộ. Ở máy thử không có ai nghe.",
    call_over: "Đã kết thúc cuộc gọi",
    call_failed: "Chưa gọi được. Hãy kiểm tra hệ thống rồi gọi lại.",
    call_impossible: "Trình duyệt chỉ cho gọi khi mở trang trên chính máy chủ (127.0.0.1) hoặc qua https.",
    microphone_asked: "Đang chờ được phép dùng micrô. Bấm phím được ngay.",
    microphone_on: "Máy đang nghe. Có thể nói hoặc bấm phím.",
    microphone_denied: "Micrô chưa được phép dùng. Không sao, cứ bấm phím.",
    microphone_missing: "Không tìm thấy micrô. Không sao, cứ bấm phím.",
    cost: "{segments} tin · {units} ký tự · {encoding}",
    counter: "{units} ký tự · {segments} tin · {encoding}",
    waiting: "Đang chờ trả lời",
    failed: "Chưa gửi được. Hãy kiểm tra hệ thống rồi gửi lại.",
    silent: "(Không có tin trả lời.)",
    renewed: "Số máy mới: {number}",
  },
  en: {
    other: "Tiếng Việt", other_lang: "vi",
    document: "Một Cửa: try a text or a call",
    title: "Text or call the assistant",
    how_title: "Texting",
    how_1: "Type a question as you would text a neighbour, in Vietnamese with or without diacritics.",
    how_2: "Your message goes through the very webhook a carrier calls, so the answer is what a citizen gets.",
    how_3: "Long answers come in pages. Press 1, then Send, for the next one.",
    samples_title: "Try asking",
    call_how_title: "Calling",
    call_how_1: "Press the green Call key. Allow the microphone when the browser asks; without one the keys will do.",
    call_how_2: "Speak or press keys, even while it speaks: 1 procedures, 2 dossier, 3 report a problem, 0 an officer.",
    call_how_3: "Try 2, then key in the code of a sample dossier: its digits only, then the hash key.",
    privacy: "This number is made up and lives in this browser tab only. Do not text or say anything real.",
    phone_title: "Telephone",
    messages_label: "Messages",
    draft_label: "Message text",
    draft_hint: "Type a question…",
    send: "Send", erase: "Erase", keypad_label: "Keypad", renew: "Take a new number",
    key: "Key {key}", star: "Star key", hash: "Hash key",
    dossiers_title: "Sample dossiers to look up",
    dossiers_how: "Send or key in the dossier code, then the last four digits when asked.",
    send_code: "Send this code", send_last4: "Send last four {last4}",
    press_code: "Press {keys}", press_last4: "Press last four {last4}",
    dial: "Call", hang_up: "Hang up", to_texts: "Back to texts",
    microphone: "Microphone", microphone_level: "Sound into the microphone",
    loudspeaker: "Loudspeaker", loudspeaker_level: "Sound out of the loudspeaker",
    call_lines: "What was said and which keys were pressed",
    kiosk_title: "The kiosk",
    kiosk_how: "A touch screen in the commune's office, for people without a telephone.",
    kiosk_open: "Open the kiosk here", kiosk_apart: "Open its own page",
    call_calling: "Calling…",
    call_talking: "Connected",
    call_ringing: "Connecting with an officer. Nobody answers in this simulator.",
    call_over: "Call ended",
    call_failed: "No connection. Check the system, then call again.",
    call_impossible: "Browsers allow calls only on the server itself (127.0.0.1) or over https.",
    microphone_asked: "Waiting for leave to use the microphone. The keys work already.",
    microphone_on: "Listening. Speak or press keys.",
    microphone_denied: "The microphone is not allowed. Never mind, use the keys.",
    microphone_missing: "No microphone found. Never mind, use the keys.",
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
