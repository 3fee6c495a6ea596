// One slide at a time: keys, clicks, the address (#7), a size that fits the window, words that fit the slide.
const slides = [...document.querySelectorAll(".slide")];
let at = 0;

function show(number) {
  at = Math.min(Math.max(number, 0), slides.length - 1);
  slides.forEach((slide, i) => slide.classList.toggle("current", i === at));
  document.querySelectorAll("video").forEach((clip) => clip.pause());
  history.replaceState(null, "", "#" + (at + 1));
  slides[at].focus({ preventScroll: true });
}

function scale() {
  const fits = Math.min(innerWidth / 1280, innerHeight / 720);
  document.documentElement.style.setProperty("--scale", fits);
}

// How many pixels a point of a picture's letters takes, noted with each picture; the fewest.
const LETTER = 1.35;
function letters(images) {
  return Math.min(...[...images].filter((image) => Number(image.dataset.point)).map((image) => {
    const scale = Math.min(image.offsetWidth / image.naturalWidth, image.offsetHeight / image.naturalHeight);
    return image.dataset.shown = (image.dataset.point * scale).toFixed(3);
  }));
}

// Words give way before pictures do: they shrink to six tenths, and a picture keeps nearly half of the slide.
function fit(slide) {
  const words = slide.querySelector(".words"), picture = slide.querySelector(".picture");
  const title = slide.querySelector("h1, h2"), takeaway = slide.querySelector(".takeaway");
  const images = slide.querySelectorAll(".picture > img");
  const beside = words && images.length === 1 && images[0].naturalWidth < 1.45 * images[0].naturalHeight;
  slide.classList.toggle("beside", Boolean(beside));
  const room = () => slide.clientHeight - 96 - title.offsetHeight - 18 - (takeaway ? takeaway.offsetHeight + 14 : 0) -
    (picture && !beside ? 330 : 0);
  for (let size = 1; words && words.offsetHeight > room() && size > 0.6; size -= 0.05) {
    slide.style.setProperty("--fit", size);
  }
  if (letters(images) < LETTER) slide.classList.add("large");  // to the edges of the slide, with smaller words
  letters(images);
  slide.dataset.overflow = slide.scrollHeight > slide.clientHeight || slide.scrollWidth > slide.clientWidth;
}

const moves = {
  ArrowRight: 1, ArrowDown: 1, PageDown: 1, " ": 1, Enter: 1,
  ArrowLeft: -1, ArrowUp: -1, PageUp: -1, Backspace: -1, Home: -Infinity, End: Infinity,
};
addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("video, a")) return;
  if (event.key in moves) { event.preventDefault(); show(at + moves[event.key]); }
  if (event.key === "n") document.body.classList.toggle("with-notes");
  if (event.key === "f") document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen();
});
addEventListener("click", (event) => {
  if (!event.target.closest("a, video, .notes")) show(at + (event.clientX < innerWidth / 3 ? -1 : 1));
});
addEventListener("resize", scale);
addEventListener("hashchange", () => show(parseInt(location.hash.slice(1)) - 1 || 0));

// From then on pictures know their size. Fonts are the system's: waiting for them has been seen never to end.
addEventListener("load", () => {
  slides.forEach(fit);
  document.body.classList.add("running");
  scale();
  show(parseInt(location.hash.slice(1)) - 1 || 0);
});
