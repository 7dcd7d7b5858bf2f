// 打印 buttons; everything else on these pages works without a script.
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});

// On a phone the tab of this page may lie outside the row of tabs.
document.querySelector(".second nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
