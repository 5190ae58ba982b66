// A procedure told in sign language, from the province's folder of videos.
import { h, title } from "/kiosk/static/dom.js";
import { text } from "/kiosk/static/texts.js";

const videoOnScreen = () => document.querySelector(".sign-video video");

// Hands and eyes are busy: whoever watches is there.
export const isWatching = () => Boolean(videoOnScreen() && !videoOnScreen().paused && !videoOnScreen().ended);

export function signVideoScreen(code, name) {
  const trouble = h("p", { class: "lead", role: "status" });
  const video = h("video", {
    src: `/kiosk/sign/${code}`, controls: true, autoplay: true, playsinline: true, muted: true, tabindex: "0",
    disablepictureinpicture: true, controlslist: "nodownload nofullscreen noremoteplayback", "aria-label": text("sign_video"),
    onerror: () => { video.hidden = true; trouble.textContent = text("sign_video_failed"); },
  });
  return { name: "sign-video", content: [title(name), video, trouble], leave: () => video.pause() };
}
