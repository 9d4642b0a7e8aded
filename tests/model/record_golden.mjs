// Scores raw pictures with nsfwjs itself and prints {name: [five probabilities]}.
// Usage, from a folder in which `npm install nsfwjs@4.4.0 @tensorflow/tfjs@4.22.0 buffer@6.0.3`
// was run:   node record_golden.mjs MobileNetV2Mid 224 FOLDER
// FOLDER holds `<name>.rgb` files of size * size * 3 bytes. Normally run by record_golden.py.
import { createRequire } from "node:module";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

const require = createRequire(join(process.cwd(), "package.json"));
const tf = require("@tensorflow/tfjs");
const nsfwjs = require("nsfwjs");

const LABELS = ["Drawing", "Hentai", "Neutral", "Porn", "Sexy"];
const [model, sizeText, folder] = process.argv.slice(2);
const size = Number(sizeText);

console.info = () => {}; // nsfwjs announces the model on standard output
await tf.setBackend("cpu");
const classifier = await nsfwjs.load(model, { size });

const scores = {};
for (const file of readdirSync(folder).sort()) {
  const pixels = new Uint8Array(readFileSync(join(folder, file)));
  const picture = tf.tensor3d(pixels, [size, size, 3], "int32");
  const predictions = await classifier.classify(picture, LABELS.length);
  const byLabel = Object.fromEntries(predictions.map((p) => [p.className, p.probability]));
  scores[file.replace(/\.rgb$/, "")] = LABELS.map((label) => byLabel[label]);
  picture.dispose();
}
const runtime = `nsfwjs 4.4.0, TensorFlow.js ${tf.version.tfjs} (cpu), Node ${process.versions.node}`;
process.stdout.write(JSON.stringify({ runtime, scores }));
