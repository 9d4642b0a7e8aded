// Moves the threshold: all figures came with the page.
const explorer = document.getElementById("explorer");
const { perDay, precision } = JSON.parse(explorer.dataset.curve);
const low = Number(explorer.dataset.low);
const slider = document.getElementById("threshold");
const steps = perDay.length - 1;
const WAIT_MS = 400; // before the new figures are read out

const percent = (share) => `${(100 * share).toFixed(0)} %`;

const right = (known, cell) => {
  if (!known) {
    cell.textContent = "not known";
    return;
  }
  const [value, from, to, total] = known;
  const more = document.createElement("small");
  more.textContent = `${(100 * from).toFixed(0)}–${percent(to)}, ${total.toLocaleString("en")} answered`;
  cell.replaceChildren(`${percent(value)} `, more);
};

let later;
const show = () => {
  const threshold = Number(slider.value);
  const place = Math.round(threshold * steps);
  const across = (1000 * (threshold - low)) / (1 - low);
  for (const line of explorer.querySelectorAll("line.at")) {
    line.setAttribute("x1", across);
    line.setAttribute("x2", across);
  }
  document.getElementById("value").textContent = threshold.toFixed(3);
  document.getElementById("then-threshold").textContent = threshold.toFixed(3);
  document.getElementById("then-per-day").textContent = perDay[place].toFixed(1);
  right(precision[place], document.getElementById("then-right"));
  clearTimeout(later);
  later = setTimeout(() => {
    const told = `${perDay[place].toFixed(1)} suggestions a day`;
    const share = precision[place] ? `, ${percent(precision[place][0])} worth a look` : "";
    document.getElementById("told").textContent = told + share;
    history.replaceState(null, "", `?${new URLSearchParams(new FormData(slider.form))}`);
  }, WAIT_MS);
};

slider.addEventListener("input", show);
for (const select of explorer.querySelectorAll("select")) {
  select.addEventListener("change", () => {
    slider.disabled = true; // each rule has a threshold of its own
    select.form.requestSubmit();
  });
}
