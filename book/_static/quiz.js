/* Quizzes keep score: of each question the answer that is opened first counts. Without a script they open as they are. */
addEventListener("DOMContentLoaded", () => {
  const questions = [...document.querySelectorAll("article section")]
    .map((section) => [...section.querySelectorAll(":scope > details.sd-dropdown")])
    .filter((answers) => answers.length > 2);
  if (!/\/quiz_\w+\.html$/.test(location.pathname) || !questions.length) return;

  const isRight = (answer) => answer.querySelector(".sd-card-text").textContent.trim().startsWith("Right");
  const first = new Map();  // question -> the answer that was opened first
  const told = document.createElement("p");
  told.className = "hf-score";
  told.setAttribute("role", "status");
  const again = document.createElement("button");
  again.className = "hf-again";
  again.type = "button";
  again.textContent = "Start again";
  questions.at(-1)[0].parentElement.parentElement.append(told, again);

  const count = () => {
    const right = [...first.values()].filter(isRight).length, left = questions.length - first.size;
    told.textContent = `${right} of ${first.size} right at the first try` +
      (left ? `; ${left} to go.` : right === first.size ? ". All of them!" : ". Read again what the others link to.");
    told.hidden = again.hidden = first.size === 0;
    questions.forEach((answers, i) => answers.forEach((answer) => {
      answer.classList.toggle("hf-right", first.get(i) === answer && isRight(answer));
      answer.classList.toggle("hf-wrong", first.get(i) === answer && !isRight(answer));
    }));
  };
  questions.forEach((answers, i) => answers.forEach((answer) => answer.addEventListener("toggle", () => {
    if (answer.open && !first.has(i)) first.set(i, answer);
    count();
  })));
  again.addEventListener("click", () => {
    questions.flat().forEach((answer) => { answer.open = false; });
    setTimeout(() => { first.clear(); count(); });  // after what closing them has to say
    questions[0][0].parentElement.scrollIntoView();
  });
  count();
});
