// How pictures are shown: blur and greyscale, remembered in this browser; and revealing them.
const BLUR = "lookout.blur";
const GREY = "lookout.grey";
const DEFAULT_BLUR = 20;

const blur = document.getElementById("blur");
const grey = document.getElementById("grey");

const apply = () => {
  document.documentElement.style.setProperty("--blur", `${blur.value}px`);
  document.documentElement.classList.toggle("grey", grey.checked);
};

if (blur && grey) {
  blur.value = localStorage.getItem(BLUR) ?? DEFAULT_BLUR;
  grey.checked = localStorage.getItem(GREY) === "1";
  apply();
  blur.addEventListener("input", () => {
    localStorage.setItem(BLUR, blur.value);
    apply();
  });
  grey.addEventListener("change", () => {
    localStorage.setItem(GREY, grey.checked ? "1" : "0");
    apply();
  });
}

// Of what moves by itself, only the first frame is drawn.
const still = (canvas, address) => {
  const source = new Image();
  source.referrerPolicy = "no-referrer";
  source.onload = () => {
    canvas.width = source.naturalWidth;
    canvas.height = source.naturalHeight;
    canvas.getContext("2d").drawImage(source, 0, 0);
  };
  source.src = address;
};

// The clear picture is only asked for once somebody wants to see it.
const clarify = (reveal) => {
  const picture = reveal.parentElement.querySelector("[data-clear]");
  if (!reveal.checked || !picture) return;
  const address = picture.dataset.clear;
  delete picture.dataset.clear;
  if (picture instanceof HTMLCanvasElement) still(picture, address);
  else picture.src = address;
};

for (const reveal of document.querySelectorAll("input.reveal")) {
  reveal.checked = false; // browsers restore forms when one comes back to a page
  reveal.addEventListener("change", () => clarify(reveal));
}
const near = new IntersectionObserver((seen) => {
  for (const { target } of seen.filter((one) => one.isIntersecting)) {
    near.unobserve(target);
    still(target, target.dataset.still);
  }
});
for (const canvas of document.querySelectorAll("canvas[data-still]")) near.observe(canvas);
