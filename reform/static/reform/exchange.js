/* Choosing files by dropping them, and a sign of life while the server works. */
// The admin's own script writes the name of a chosen file into the next text input: here that is the round's.
for (const input of document.querySelectorAll(".exchange input[type=file]")) input.hasChangeListener = true;

document.addEventListener("DOMContentLoaded", () => {
  for (const form of document.querySelectorAll(".exchange form[data-busy]")) {
    form.addEventListener("submit", () => {
      form.classList.add("sending");
      for (const button of form.querySelectorAll("button")) button.disabled = true;
    });
  }
  const drop = document.querySelector(".exchange .drop");
  if (!drop) return;
  const input = drop.querySelector("input[type=file]");
  const list = drop.querySelector("[data-names]");
  const show = () => { list.textContent = [...input.files].map((file) => file.name).join("、"); };
  input.addEventListener("change", show);
  for (const name of ["dragover", "dragleave", "drop"]) {
    drop.addEventListener(name, (event) => { event.preventDefault(); drop.classList.toggle("over", name === "dragover"); });
  }
  drop.addEventListener("drop", (event) => { input.files = event.dataTransfer.files; show(); });
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll(".exchange form.sending")) {
    form.classList.remove("sending");
    for (const button of form.querySelectorAll("button")) button.disabled = false;
  }
});
