/* Pictures and tables that are wider than the screen scroll in their own box: say so above it,
   and let the keyboard reach that box too. */
addEventListener("load", () => {
  const scrolls = (box) => box.scrollWidth > box.clientWidth + 1 && /auto|scroll/.test(getComputedStyle(box).overflowX);
  const mark = () => {
    document.querySelectorAll("article .hf-wide").forEach((box) => {
      box.classList.remove("hf-wide");
      box.removeAttribute("tabindex");
    });
    document.querySelectorAll("article :is(img, table)").forEach((node) => {
      for (let box = node; box.tagName !== "ARTICLE"; box = box.parentElement) if (scrolls(box)) {
        box.classList.add("hf-wide");
        box.tabIndex = 0;
        break;
      }
    });
  };
  addEventListener("resize", mark);
  document.addEventListener("toggle", mark, true);  // what is folded has no width yet
  mark();
});
