// Where the citizen stands, when they say so with a button, and whether a photo is too large, before it is sent over a slow
// line. Without this file the place is written in words, and the answer says so of the photo.

const button = document.querySelector("#here");
const said = document.querySelector("#here-said");

if (button && "geolocation" in navigator) {
  button.hidden = false;
  button.addEventListener("click", () => {
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        document.querySelector("[name=lat]").value = coords.latitude.toFixed(6);
        document.querySelector("[name=long]").value = coords.longitude.toFixed(6);
        const at = { lat: coords.latitude, long: coords.longitude };
        document.dispatchEvent(new CustomEvent("stands-here", { detail: at }));
        said.textContent = button.dataset.found;
      },
      () => { said.textContent = button.dataset.failed; },
      { enableHighAccuracy: true, timeout: 10_000 },
    );
  });
}

const photo = document.querySelector("#photo");
photo?.addEventListener("change", () => {
  const isTooLarge = photo.files[0]?.size > Number(photo.dataset.most);
  photo.setCustomValidity(isTooLarge ? photo.dataset.tooLarge : "");
  photo.reportValidity();
});
