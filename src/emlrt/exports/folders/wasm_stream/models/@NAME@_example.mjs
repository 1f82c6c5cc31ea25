// SPDX-License-Identifier: MIT
//
// Opens the model, runs it on a window of silence, and compares every bit of the scores
// with those that Python computed.
import { readFileSync } from "node:fs";
import { Model } from "../emlrt.mjs";

const expected = [
@BITS@
];

const model = await Model.load(readFileSync(new URL("@NAME@.eml", import.meta.url)));
console.log("@NAME@: open: OK");
const { length, channels } = model.window;
const rest = (_, i) => (model.rule ? model.rule.offset[i % channels] : 0);
const [answer] = model.push(Array.from({ length }, rest));
if (answer.label !== undefined) console.log(`@NAME@: ${answer.label}`);
const bits = new Uint32Array(answer.scores.buffer);
const same = bits.length === expected.length && bits.every((b, k) => b === expected[k]);
console.log(`@NAME@: a window of silence: ${same ? "OK" : "not the scores of Python"}`);
process.exitCode = same ? 0 : 1;
