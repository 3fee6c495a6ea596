/* On narrow screens the page's own contents lie over it: a link in them shows its section, so they go out of the way. */
addEventListener("click", (event) => {
  event.target.closest("dialog a[href^='#']")?.closest("dialog").close();
});
