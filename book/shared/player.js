{
  const box = document.currentScript.closest(".hf-player"), data = JSON.parse(box.querySelector("[type$=json]").text);
  const [button, slider] = [box.querySelector("button"), box.querySelector("[type=range]")];
  const [slow, said] = [box.querySelector("[type=checkbox]"), box.querySelector("output")];
  const scale = 2 / data.unit, first = data.tracks[0];  // the canvas has twice the picture's pixels
  const skeleton = (pen, flat, edges, colour) => {
    const at = (i) => flat[2 * i] === null ? null : [scale * flat[2 * i], scale * flat[2 * i + 1]];
    pen.strokeStyle = pen.fillStyle = colour;
    pen.beginPath();
    for (const [a, b] of edges) if (at(a) && at(b)) { pen.moveTo(...at(a)); pen.lineTo(...at(b)); }
    pen.stroke();
    const dot = pen.lineWidth;
    for (let i = 0; 2 * i < flat.length; i++) if (at(i)) pen.fillRect(at(i)[0] - dot, at(i)[1] - dot, 2 * dot, 2 * dot);
  };
  const draw = () => {
    const t = +slider.value;
    said.textContent = `frame ${t + 1} of ${+slider.max + 1}`;
    slider.setAttribute("aria-valuetext", said.textContent);
    box.querySelectorAll("figure").forEach((figure, k) => {
      const canvas = figure.querySelector("canvas"), pen = canvas.getContext("2d"), missing = [];
      pen.lineWidth = canvas.width / 150;
      pen.clearRect(0, 0, canvas.width, canvas.height);
      for (const [part, frames] of Object.entries(data.tracks[k])) {
        const guess = k > 0 && first[part][t] === 0;
        if (frames[t] === 0) missing.push(part.replace("_", " "));
        else skeleton(pen, frames[t], data.edges[part], guess ? data.guess : data.colours[part]);
      }
      figure.querySelector("span").textContent = missing.length ? `no ${missing.join(", no ")}` : "nothing missing";
    });
  };
  let playing = false, due = 0;
  const step = (now) => {
    if (!playing || !box.isConnected) return;
    if (now >= due) {
      slider.value = (+slider.value + 1) % (+slider.max + 1);
      due = Math.max(due, now - 100) + (slow.checked ? 4 : 1) * 1000 / data.fps;
      draw();
    }
    requestAnimationFrame(step);
  };
  button.addEventListener("click", () => {
    playing = !playing;
    button.textContent = playing ? "Pause" : "Play";
    requestAnimationFrame((now) => { due = now; step(now); });
  });
  slider.addEventListener("input", draw);
  box.querySelector(".strip").hidden = true;
  box.querySelector(".controls").hidden = false;
  draw();
}
