// SPDX-License-Identifier: MIT
//
// Opens the model, runs it on one row, and compares every bit of the scores with those
// that Python computed.
import { readFileSync } from "node:fs";
import { Model } from "../emlrt.mjs";

// As the device reads them: model.inputsOf makes them of raw numbers.
const inputs = [
@ROW@
];
const expected = [
@BITS@
];

const model = await Model.load(readFileSync(new URL("@NAME@.eml", import.meta.url)));
console.log("@NAME@: open: OK");
if (model.golden.length !== 0) {
  model.selftest();
  console.log("@NAME@: self-test: OK");
}
const bits = new Uint32Array(model.run(inputs).buffer);
const same = bits.length === expected.length && bits.every((b, k) => b === expected[k]);
console.log(`@NAME@: one row: ${same ? "OK" : "not the scores of Python"}`);
process.exitCode = same ? 0 : 1;
