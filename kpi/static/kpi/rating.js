/* 民主测评表: one slider sets five fields; the sum, how many are filled in and how many 优秀 are told at once. */
"use strict";
(() => {
  const form = document.querySelector("form.rating");
  if (!form) return;
  const line = Number(form.dataset.line), most = Number(form.dataset.most);
  const cards = [...form.querySelectorAll(".ratee")].map((card) => ({
    card,
    fields: [...card.querySelectorAll(".factors input")],
    slider: card.querySelector("input[type=range]"),
    sum: card.querySelector(".sum"),
  }));
  const count = form.querySelector(".count");

  /* whole numbers as long as it can be, so that 90 is 90 */
  const scoreOf = (fields) =>
    fields.some((one) => one.value === "" || !one.validity.valid)
      ? null
      : fields.reduce((all, one) => all + Number(one.value) * Number(one.dataset.weight), 0) / 100;

  const tell = () => {
    let filled = 0, excellent = 0;
    for (const one of cards) {
      const score = scoreOf(one.fields);
      one.sum.hidden = score === null;
      if (score === null) continue;
      filled += 1;
      const isExcellent = score >= line;
      one.sum.textContent = score.toFixed(2);
      one.sum.classList.toggle("excellent", isExcellent);
      if (isExcellent && one.card.classList.contains("peer")) excellent += 1;
    }
    const peers = form.querySelector(".peer") ? `，优秀票${excellent}/${most}` : "";
    count.textContent = `已评${filled}/${cards.length}人${peers}`;
    count.classList.toggle("over", excellent > most);
  };

  for (const one of cards) {
    one.slider.parentElement.hidden = false;
    one.slider.addEventListener("input", () => {
      for (const field of one.fields) field.value = one.slider.value;
      tell();
    });
  }
  form.addEventListener("input", tell);
  tell();
})();
