// SPDX-License-Identifier: MIT
//
// What emlrt.mjs of a folder says of models and rows: JSON from stdin to stdout.
import { readFileSync } from "node:fs";

const { EmlrtError, Model } = await import(process.argv[2]);

function bits(numbers) {
  return Array.from(new Uint32Array(numbers.buffer));
}

/** What a call gives; or of a refusal, its words. */
function tried(call) {
  try {
    return call();
  } catch (error) {
    if (!(error instanceof EmlrtError || error instanceof RangeError)) throw error;
    return { error: error.message, status: error.status };
  }
}

/** Numbers of JSON, in which null is NaN and texts are infinities. */
function numbers(row) {
  return row.map((x) => (x === null ? NaN : Number(x)));
}

const CALLS = {
  run: (model, x) => bits(model.run(x)),
  scores: (model, x) => bits(model.scores(x)),
  predict: (model, x) => {
    const found = model.predict(x);
    return ArrayBuffer.isView(found) ? Array.from(found) : found;
  },
  proba: (model, x) => bits(model.predictProba(x)),
  // Of numbers as the device reads them, NaN among them.
  classes: (model, x) =>
    Array.from(model._of(x, "classify", "classes", model.info.nOutputs, "uint32")),
  classify: (model, x) => Array.from(model.classify(x)),
  push: (model, x) => {
    model.reset();
    return model.push(x).map((answer) => ({ bits: bits(answer.scores), label: answer.label }));
  },
};

async function answers({ blob, rows, calls }) {
  let model;
  try {
    model = await Model.load(Buffer.from(blob, "base64"));
  } catch (error) {
    return { error: error.message, status: error.status };
  }
  const { labels, featureNames, outputNames, window, rule, info } = model;
  const found = { labels, featureNames, outputNames, window, rule, info };
  for (const call of calls)
    found[call] = rows.map((row) => tried(() => CALLS[call](model, numbers(row))));
  return found;
}

const asked = JSON.parse(readFileSync(0, "utf-8"));
const found = [];
for (const each of asked) found.push(await answers(each));
const members = Object.getOwnPropertyNames(Model.prototype).concat(Object.keys(Model));
process.stdout.write(JSON.stringify({ found, members }));
