/* Pictures that are wider than a phone scroll in their own box: let the keyboard reach that box too. */
addEventListener("load", () => {
  const mark = () => document.querySelectorAll(".cell_output:has(> img)").forEach((box) => {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  });
  addEventListener("resize", mark);
  mark();
});
