// 打印 buttons; everything else on these pages works without a script.
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});
