// Times nsfwjs itself: prints a JSON list of milliseconds of processor time, one per picture.
// Usage, from a folder in which nsfwjs and TensorFlow.js are installed:
//   node time_nsfwjs.mjs MobileNetV2Mid 224 RUNS < picture.rgb
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const require = createRequire(join(process.cwd(), "package.json"));
const tf = require("@tensorflow/tfjs");
const nsfwjs = require("nsfwjs");

const [model, sizeText, runsText] = process.argv.slice(2);
const size = Number(sizeText);

console.info = () => {}; // nsfwjs announces the model on standard output
await tf.setBackend("cpu");
const classifier = await nsfwjs.load(model, { size });
const picture = tf.tensor3d(new Uint8Array(readFileSync(0)), [size, size, 3], "int32");

await classifier.classify(picture);
const milliseconds = [];
for (let run = 0; run < Number(runsText); run += 1) {
  const started = process.cpuUsage();
  await classifier.classify(picture);
  const { user, system } = process.cpuUsage(started);
  milliseconds.push((user + system) / 1000);
}
process.stdout.write(JSON.stringify(milliseconds));
