// Tables with rows to select: one box selects all, the number chosen stands beside the actions.
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-bulk]");
  if (!form || event.target.type !== "checkbox") return;
  const rows = [...form.querySelectorAll("input[name=row]")];
  if (event.target.matches("[data-all]")) rows.forEach((row) => (row.checked = event.target.checked));
  const chosen = rows.filter((row) => row.checked).length;
  const count = form.querySelector(".count");
  if (count) count.textContent = `已选${chosen}条，共${rows.length}条`;
  form.querySelectorAll("[data-all]").forEach((all) => { all.checked = chosen === rows.length; all.indeterminate = chosen > 0 && chosen < rows.length; });
});
// On a phone, where the table's head is not shown, a button selects all.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-pick-all]");
  const all = button && button.closest("form").querySelector("[data-all]");
  if (!all) return;
  all.checked = !all.checked;
  all.dispatchEvent(new Event("change", { bubbles: true }));
});
// A form that was sent is not sent twice; what needs a second thought asks first.
document.addEventListener("submit", (event) => {
  const button = event.submitter;
  const question = (button && button.dataset.confirm) || event.target.dataset.confirm;
  if (question && !window.confirm(question)) { event.preventDefault(); return; }
  if ("download" in event.target.dataset) return;
  setTimeout(() => event.target.querySelectorAll("button").forEach((one) => (one.disabled = true)), 0);
});
window.addEventListener("pageshow", () => document.querySelectorAll(".office form button").forEach((one) => { if (!one.dataset.off) one.disabled = false; }));
// What was typed is not lost when it is refused: the form opens again as it was sent. Nothing is kept longer.
const SENT = "sent";
const typed = (form) => [...form.elements].filter((one) => one.name && !["hidden", "file", "password", "submit", "button"].includes(one.type));
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented || event.target.method !== "post" || !event.target.closest(".office")) return;
  const values = typed(event.target).map((one) => [one.name, one.value, one.checked]);
  sessionStorage.setItem(SENT, JSON.stringify({ path: location.pathname, values }));
});
{
  const sent = JSON.parse(sessionStorage.getItem(SENT) || "null");
  sessionStorage.removeItem(SENT);
  if (sent && sent.path === location.pathname && document.querySelector(".errornote")) {
    document.querySelectorAll(".office form").forEach((form) => typed(form).forEach((one) => {
      const box = one.type === "checkbox" || one.type === "radio";
      const was = sent.values.find(([name, value]) => name === one.name && (!box || value === one.value));
      if (!was) return;
      if (box) one.checked = was[2];
      else if (one.value !== was[1] && was[1]) { one.value = was[1]; one.closest("details.form")?.setAttribute("open", ""); }
    }));
  }
}
// Fields that belong to one of several actions are shown with it.
document.addEventListener("input", (event) => {
  const select = event.target.closest("select[data-shows]");
  if (!select) return;
  const form = select.closest("form");
  form.querySelectorAll("[data-for]").forEach((part) => { part.hidden = !part.dataset.for.split(" ").includes(select.value); });
});
// Pages that are made to be printed say so with a button.
document.addEventListener("click", (event) => { if (event.target.closest("[data-print]")) window.print(); });
// Parts that cost more than the page itself come after it; until then, and where they fail, what stands there serves.
document.querySelectorAll("[data-load]").forEach(async (part) => {
  try {
    const answer = await fetch(part.dataset.load, { credentials: "same-origin" });
    if (answer.ok && !answer.redirected) part.innerHTML = await answer.text();
  } catch { /* the link that stands there leads to the same */ }
});
