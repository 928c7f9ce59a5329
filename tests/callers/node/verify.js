/**
 * Are two photos of the same person? As a server does it: nothing blocks the event loop. Usage: verify.js LIBRARY REFERENCE
 * PROBE. Exit code: 0 match, 1 no match or not decidable, 2 error.
 */
import { readFile } from "node:fs/promises";
import { call, init, load, make } from "./facecert.js";

const MATCH = 1;

async function open(library, path) {
  const bytes = await readFile(path);
  return make(library, library.imageDecode, bytes, bytes.length, null);
}

async function verify(library, paths) {
  const pack = await make(library, library.packDefault);
  const engine = await make(library, library.engineCreate, pack);
  const images = await Promise.all(paths.map((path) => open(library, path)));
  const frames = [];
  for (const image of images) {
    const none = { data: null, len: 0, row_stride: 0, pixel_stride: 0, reserved: 0 };
    const empty = { format: 0, width: 0, height: 0, rotation_deg: 0, mirror: 0, yuv: 0, plane_count: 0 };
    const frame = init("facecert_frame", { ...empty, planes: [none, none, none] });
    await call(library, library.imageFrame, image, frame);
    frames.push(frame);
  }
  const blank = { outcome: 0, reason: 0, side: 0, score: 0, threshold: 0, extrapolated: 0, reserved: 0 };
  const result = init("facecert_comparison", { ...blank, fmr_per_billion: 0, probability: 0 });
  await call(library, library.verify, engine, frames[0], frames[1], 100_000, result);
  images.forEach((image) => library.imageRelease(image));
  library.engineRelease(engine);
  library.packRelease(pack);
  return result;
}

try {
  const [file, ...paths] = process.argv.slice(2);
  const result = await verify(load(file), paths);
  const answer = result.outcome === MATCH ? "match" : "no match, or not decidable";
  console.log(`${answer}: score ${result.score.toFixed(3)}, threshold ${result.threshold.toFixed(3)}`);
  process.exitCode = result.outcome === MATCH ? 0 : 1;
} catch (failure) {
  console.error(failure.message);
  process.exitCode = 2;
}
