// The queue by keyboard, and decisions without leaving the page.
const queue = document.getElementById("queue");
const told = document.getElementById("said");
const help = document.getElementById("help");
const helpButton = document.getElementById("help-button");
const keys = document.getElementById("keys");
const KEYS = "lookout.keys";
const csrf = queue.dataset.csrf;
const undone = []; // what can be taken back: {card, undo}
let busy = false;

const cards = () => [...queue.querySelectorAll(".card")];
const open = () => cards().filter((card) => !card.classList.contains("done"));
const current = () => document.activeElement?.closest?.(".card") ?? queue.querySelector(".card.current");

const say = (text) => {
  told.textContent = text;
};

const choose = (card) => {
  if (!card) return;
  for (const other of cards()) other.classList.toggle("current", other === card);
  card.focus({ preventScroll: true });
  card.scrollIntoView({ block: "nearest" });
};

const move = (step) => {
  const all = open();
  const here = all.indexOf(current());
  if (here < 0) return choose(step > 0 ? all[0] : all.at(-1));
  const next = all[here + step];
  if (next) return choose(next);
  const following = document.getElementById("following");
  if (step > 0 && following) return following.click();
  say(step > 0 ? "That is the last one." : "That is the first one.");
};

const reveal = (card) => card?.querySelector("input.reveal")?.click();

const send = async (address, fields) => {
  const answer = await fetch(address, {
    method: "POST",
    headers: { Accept: "application/json" },
    body: new URLSearchParams({ ...fields, csrf }),
  });
  const told = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(told.detail ?? `the service answered ${answer.status}`);
  return told;
};

const count = (change) => {
  const total = document.getElementById("total");
  const now = Number(total.textContent.replaceAll(",", "")) + change;
  total.textContent = now.toLocaleString("en");
};

const once = async (work) => {
  if (busy) return;
  busy = true;
  try {
    await work();
  } catch (error) {
    say(`That did not work: ${error.message}`);
  } finally {
    busy = false;
  }
};

const decide = (card, outcome, name) =>
  once(async () => {
    const made = await send("/decisions", { log_id: card.dataset.logId, outcome });
    const all = open();
    const here = all.indexOf(card);
    undone.push({ card, undo: made.undo });
    card.classList.add("done");
    card.dataset.outcome = name;
    const box = card.querySelector("input.reveal");
    if (box) box.checked = false;
    count(-1);
    say(`${name}: ${card.getAttribute("aria-label")}. u takes it back.`);
    choose(all[here + 1] ?? all[here - 1]);
  });

const undo = () =>
  once(async () => {
    const last = undone.at(-1);
    if (!last) return say("There is nothing to take back.");
    await send(last.undo, {});
    undone.pop();
    last.card.classList.remove("done");
    count(1);
    say(`Taken back: ${last.card.getAttribute("aria-label")}`);
    choose(last.card);
  });

const byKey = (key, card) => {
  const button = card?.querySelector(`button[data-key="${CSS.escape(key)}"]`);
  if (button) button.click();
  return Boolean(button);
};

const ACTIONS = {
  j: () => move(1),
  k: () => move(-1),
  r: (card) => reveal(card),
  e: (card) => card?.querySelector("h2 a")?.click(),
  w: (card) => card?.querySelector("a[rel=noreferrer]")?.click(),
  u: () => csrf && undo(),
  "?": () => help.showModal(),
};

const typing = (target) => target.closest("select, textarea, dialog, input:not(.reveal)");

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || !keys.checked) return;
  if (typing(event.target)) return;
  const card = current();
  if (event.key === "Enter") {
    if (!card || !(event.target === card || event.target.matches("input.reveal"))) return;
    event.preventDefault();
    reveal(card);
  } else if (event.key in ACTIONS) {
    event.preventDefault();
    ACTIONS[event.key](card);
  } else if (card && !card.classList.contains("done") && byKey(event.key, card)) {
    event.preventDefault();
  }
});

queue.addEventListener("focusin", (event) => {
  const card = event.target.closest(".card");
  for (const other of cards()) other.classList.toggle("current", other === card);
});

if (csrf) {
  queue.addEventListener("submit", (event) => {
    event.preventDefault();
    const button = event.submitter;
    decide(event.target.closest(".card"), button.value, button.firstChild.textContent.trim());
  });
}

keys.checked = localStorage.getItem(KEYS) !== "0";
keys.addEventListener("change", () => localStorage.setItem(KEYS, keys.checked ? "1" : "0"));
helpButton.hidden = false;
helpButton.addEventListener("click", () => help.showModal());
for (const select of document.querySelectorAll(".filters select")) {
  select.addEventListener("change", () => select.form.requestSubmit());
}
