"""The HTML around a rendered review page; it works without a network and without other files."""

from string import Template

TEMPLATE = Template("""\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>$title</title>
<style>
:root {
  --paper: #fff; --ink: #202122; --quiet: #54595d; --line: #c8ccd1; --link: #36c; --note: #eaf3ff;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #101418; --ink: #eaecf0; --quiet: #a2a9b1; --line: #404244; --link: #88a3e8;
    --note: #17233a;
  }
}
* { box-sizing: border-box; }
body {
  max-width: 60rem; margin: 0 auto; padding: 1rem;
  background: var(--paper); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif;
}
h1 { font: 1.6rem/1.3 Georgia, serif; border-bottom: 1px solid var(--line); }
h1, li div, pre { overflow-wrap: anywhere; }
.note { background: var(--note); padding: .75rem 1rem; border-left: 4px solid var(--link); }
ol { list-style: none; margin: 0; padding: 0; }
li {
  display: flex; gap: 1rem; align-items: center;
  padding: .75rem 0; border-bottom: 1px solid var(--line);
}
.link { color: var(--link); }
small { color: var(--quiet); }
button {
  flex: none; width: 10rem; height: 7.5rem; padding: 0; overflow: hidden;
  border: 1px solid var(--line); border-radius: 4px; background: none; cursor: pointer;
}
button:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
img { width: 100%; height: 100%; object-fit: cover; filter: blur(18px); }
[aria-pressed="true"] img { filter: none; object-fit: contain; }
pre { padding: .75rem; border: 1px solid var(--line); white-space: pre-wrap; }
@media (max-width: 30rem) {
  li { flex-direction: column; align-items: stretch; }
  button { width: 100%; height: 12rem; }
}
@media (prefers-reduced-motion: no-preference) { img { transition: filter .2s; } }
</style>
</head>
<body>
<h1>$title</h1>
<p class="note">This is a demonstration. Its rule asks for the model's label <em>drawing</em>, and
drawings of cats, astronauts and photographers stand in for what patrollers look for. The page on a
wiki holds the text below and no pictures. Click a picture to see it clearly.</p>
$introduction
<ol>
$entries
</ol>
<details>
<summary>The page's wikitext</summary>
<pre>$wikitext</pre>
</details>
<script>
for (const button of document.querySelectorAll("button")) {
  button.addEventListener("click", () => {
    const shown = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", shown);
    button.setAttribute("aria-label", shown ? "Blur the picture" : "Show the picture");
  });
}
</script>
</body>
</html>
""")
