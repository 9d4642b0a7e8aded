// Counts the page anew every few seconds, while somebody looks at it.
const live = document.getElementById("live");

const renew = async () => {
  if (document.hidden || live.querySelector("details[open]") || live.contains(document.activeElement)) return;
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  live.replaceChildren(...page.getElementById("live").childNodes);
};

setInterval(() => renew().catch(() => {}), 1000 * Number(live.dataset.every));
