// The page: a model, its inputs, and what it says of them.
const SLIDERS = 256;
const LINKED = 2000; // numbers that an address holds
const SHOWN = 500; // windows in the table

const at = (id) => document.getElementById(id);
let model = null, name = "", row = [], ranges = [], moved = [];

function make(tag, properties, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

/** Seven digits, as float32 has them. */
function short(number) {
  return Number.isInteger(number) ? String(number) : String(Number(number.toPrecision(7)));
}

function fail(error) {
  at("error").textContent = error.message;
  at("error").hidden = false;
  at("shown").replaceChildren();
  at("exact").hidden = true;
  document.body.dataset.state = "error";
}

/** Numbers of a text, whatever parts them. */
function numbers(text) {
  return text.split(/[\s,;]+/).filter((part) => part !== "").map((part) => {
    const number = /^[+-]?nan$/i.test(part) ? NaN : Number(part);
    if (Number.isNaN(number) && !/nan/i.test(part))
      throw new RangeError(`${part} is no number`);
    return number;
  });
}

// Where sliders go from and to

/** The raw number that the device reads as x, as near as can be. */
function raw(x, i) {
  return model.rule ? x / model.rule.scale[i] + model.rule.offset[i] : x;
}

function typeRange(i) {
  const ends = { uint8: [0, 255], int16: [-32768, 32767], int32: [-1e9, 1e9],
    float32: [-10, 10] }[model.info.inputDtype];
  return ends.map((end) => raw(end, i));
}

/** What the golden vectors reach, and a tenth more of floats. */
function range(i) {
  const seen = model.golden.map((x) => raw(x[i], i)).filter(Number.isFinite);
  if (!seen.length) return typeRange(i);
  let low = Math.min(...seen), high = Math.max(...seen);
  const all = model.golden.flatMap((x) => Array.from(x, (one, k) => raw(one, k)));
  const whole = model.info.inputDtype !== "float32";
  if (low === high && whole) [low, high] = [Math.min(...all), Math.max(...all)];
  if (low === high) return [low - Math.max(1, Math.abs(low)), low + Math.max(1, Math.abs(low))];
  const more = whole ? 0 : (high - low) / 10;
  return [low - more, high + more];
}

/** By how much a slider moves. */
function step(i, [low, high]) {
  if (model.info.inputDtype !== "float32") return model.rule ? 1 / model.rule.scale[i] : 1;
  return 10 ** Math.floor(Math.log10((high - low) / 200));
}

// Answers

function bars(labels, shares, said) {
  return labels.map((label, k) => {
    const bar = make("div", { className: "class" },
      make("span", { textContent: label }),
      make("span", { textContent: said(shares[k]) }));
    bar.style.setProperty("--share", `${100 * Math.min(1, Math.max(0, shares[k]))}%`);
    return bar;
  });
}

/** Label and probabilities of each output; of scores without them, the scores. */
function classified(labels, proba, scores) {
  const shown = [], percent = (p) => `${(100 * p).toFixed(1)} %`;
  let from = 0;
  model.labels.forEach((all, output) => {
    if (model.labels.length > 1)
      shown.push(make("p", { className: "of", textContent: outputName(output) }));
    shown.push(make("p", { className: "label", textContent: labels[output] }));
    if (proba) shown.push(...bars(all, proba.subarray(from, from + all.length), percent));
    from += all.length;
  });
  if (!proba && scores.length === from)
    shown.push(...bars(model.labels.flat(), scores, short));
  return shown;
}

function outputName(k) {
  return model.outputNames?.[k] ?? `output ${k}`;
}

function valued(scores) {
  return Array.from(scores, (score, k) => {
    const named = scores.length === model.info.nOutputs && scores.length > 1;
    const of = make("p", { className: "of", textContent: named ? outputName(k) : `value ${k}` });
    const value = make("p", { className: "label", textContent: short(score) });
    return scores.length > 1 ? [of, value] : [value];
  }).flat();
}

function probabilities() {
  try {
    return model.predictProba(row);
  } catch (error) {
    if (error.status !== "KIND") throw error;
    return null;
  }
}

function answerRow() {
  const scores = model.scores(row);
  if (!model.info.nClasses) return [valued(scores), scores];
  const labels = [model.predict(row)].flat();
  return [classified(labels, probabilities(), scores), scores];
}

function cells(kind, texts) {
  return make("tr", {}, ...texts.map((textContent) => make(kind, { textContent })));
}

function windowTexts(answer, k) {
  const { length, hop, rate, channels } = model.window;
  const end = (length + k * hop) / channels;
  const when = rate ? `${short(end / rate)} s` : String(end);
  if (!answer.label) return [when, Array.from(answer.scores, short).join(", ")];
  const best = answer.proba ? `${(100 * Math.max(...answer.proba)).toFixed(1)} %` : "";
  return [when, [answer.label].flat().join(", "), best];
}

/** The last window's answer, and a table of all. */
function answerWindows() {
  model.reset();
  const answers = model.push(row);
  if (!answers.length) {
    const { length, channels } = model.window;
    throw new RangeError(`${row.length} samples: the first window takes ${length}` +
      `${channels > 1 ? `, of ${channels} channels that follow each other` : ""}`);
  }
  const last = answers[answers.length - 1];
  const shown = last.label === undefined ? valued(last.scores)
    : classified([last.label].flat(), last.proba, last.scores);
  const heads = ["window's end", last.label === undefined ? "values" : "label", ""];
  const rows = answers.slice(0, SHOWN).map((each, k) => cells("td", windowTexts(each, k)));
  const table = make("table", {}, cells("th", heads), ...rows);
  const many = answers.length > SHOWN ? `, of which the table has the first ${SHOWN}` : "";
  const count = `${answers.length} window${answers.length > 1 ? "s" : ""}${many}`;
  const said = `${count}; the answer above is the last one's`;
  shown.push(make("p", { className: "of", textContent: said }),
    make("div", { className: "table" }, table));
  return [shown, last.scores];
}

function answer() {
  try {
    const [shown, scores] = model.window ? answerWindows() : answerRow();
    at("shown").replaceChildren(...shown);
    at("scores").textContent = Array.from(scores, String).join(", ");
    at("exact").hidden = false;
    at("error").hidden = true;
    document.body.dataset.state = "done";
  } catch (error) {
    fail(error);
  }
}

// Inputs

/** Keeps the address, which opens the page with this row again. */
function link() {
  const kept = name in MODELS && row.length <= LINKED;
  const hash = kept ? `#model=${name}&x=${row.join(",")}` : " ";
  try {
    history.replaceState(null, "", hash.trim() || location.pathname);
  } catch { /* some browsers allow no change of a file's address */ }
}

/** The samples, a line for each time. */
function timed(channels) {
  const lines = [];
  for (let k = 0; k < row.length; k += channels)
    lines.push(row.slice(k, k + channels).join(", "));
  return lines.join("\n");
}

function say({ text = true } = {}) {
  if (text) at("text").value = model.window ? timed(model.window.channels) : row.join(", ");
  moved.forEach((show) => show());
  answer();
  link();
}

function slider(i) {
  const [low, high] = ranges[i], grain = step(i, ranges[i]);
  const bar = make("input", { type: "range", min: low, max: high, step: grain });
  const field = make("input", { type: "number", step: "any" });
  const title = model.featureNames?.[i] ?? `input ${i}`;
  for (const one of [bar, field]) {
    one.setAttribute("aria-label", title);
    one.addEventListener("input", () => {
      row[i] = one.value === "" ? NaN : Number(one.value);
      say();
    });
  }
  moved.push(() => {
    bar.min = Math.min(low, row[i]), bar.max = Math.max(high, row[i]);
    bar.value = row[i];
    if (Number(field.value) !== row[i] || field.value === "")
      if (document.activeElement !== field) field.value = row[i];
  });
  return make("div", { className: "input" }, make("span", { textContent: title }), bar, field);
}

function button(textContent, use) {
  const made = make("button", { type: "button", textContent });
  made.addEventListener("click", () => {
    row = use();
    say();
  });
  return made;
}

function rowTools() {
  const goldens = model.golden.slice(0, 12).map((x, k) =>
    button(`golden row ${k + 1}`, () => Array.from(x, raw)));
  return [...goldens, button("middle", middle)];
}

function middle() {
  return ranges.map(([low, high], i) => {
    const half = low + (high - low) / 2;
    return model.info.inputDtype === "float32" || model.rule ? half : Math.round(half);
  });
}

function silence() {
  const { length, channels } = model.window;
  return Array.from({ length }, (_, k) => (model.rule ? model.rule.offset[k % channels] : 0));
}

function openSamples() {
  const file = make("input", { type: "file", hidden: true });
  file.addEventListener("change", () => file.files[0] && read(file.files[0]));
  return make("label", { className: "button" }, "Open a file of numbers", file);
}

function hint() {
  const { nInputs, inputDtype } = model.info;
  if (model.window) {
    const { length, hop, channels, rate } = model.window;
    return `Samples as text: a number each, in lines or columns; ` +
      `${channels} channel${channels > 1 ? "s" : ""}, windows of ${length / channels} times,` +
      ` one every ${hop / channels}${rate ? `, ${short(rate)} times a second` : ""}.` +
      " This page reads no sound files: emlrt predict does.";
  }
  const more = nInputs > SLIDERS
    ? `The first ${SLIDERS} of ${nInputs} inputs have sliders; the text has all. ` : "";
  const free = !model.golden.length && inputDtype === "float32"
    ? "The model has no golden vectors, so that sliders go from -10 to 10. " : "";
  return `${more}${free}A number may be beyond its slider: type it.`;
}

function facts() {
  const { bytes, nInputs, inputDtype, nClasses, scratchBytes, streamBytes, output } = model.info;
  const memory = model.window ? streamBytes : scratchBytes;
  const kind = nClasses ? `${nClasses} classes by ${output}` : "values";
  let tested = "no golden vectors";
  if (model.golden.length) {
    model.selftest();
    tested = `self-test OK (${model.golden.length})`;
  }
  return `${nInputs} inputs of ${inputDtype}; ${kind}; ${bytes} bytes, and ${memory} of` +
    ` memory; ${tested}.${model.note ? ` ${model.note}.` : ""}`;
}

// Models

async function open(title, bytes, x) {
  model = await Model.load(bytes);
  name = title;
  document.title = `${title} - emlrt`;
  moved = [];
  ranges = model.window ? [] : Array.from({ length: model.info.nInputs }, (_, i) => range(i));
  at("facts").textContent = facts();
  at("hint").textContent = hint();
  at("typed-title").textContent = model.window ? "Samples" : "The row as text";
  at("text").rows = model.window ? 14 : 4;
  at("tools").replaceChildren(
    ...(model.window ? [openSamples(), button("silence", silence)] : rowTools()));
  at("sliders").replaceChildren(
    ...ranges.slice(0, SLIDERS).map((_, i) => slider(i)));
  const first = model.golden[0];
  row = x ?? (model.window ? silence() : first ? Array.from(first, raw) : middle());
  say();
}

function bytesOf(text) {
  return Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
}

/** The model and the row that the address names. */
async function follow() {
  const words = new URLSearchParams(location.hash.slice(1));
  const named = words.get("model") ?? Object.keys(MODELS)[0];
  try {
    if (named === undefined) return;
    if (!(named in MODELS)) throw new Error(`there is no model ${named} here`);
    at("models").value = named;
    const x = words.has("x") ? numbers(words.get("x")) : undefined;
    await open(named, bytesOf(MODELS[named]), x);
  } catch (error) {
    fail(error);
  }
}

/** A file that was chosen or dropped: a model, or samples. */
async function read(file) {
  try {
    if (!file.name.endsWith(".eml")) {
      row = numbers(await file.text());
      say();
      return;
    }
    await open(file.name, new Uint8Array(await file.arrayBuffer()));
    at("models").value = "";
  } catch (error) {
    fail(error);
  }
}

for (const each of Object.keys(MODELS))
  at("models").append(make("option", { value: each, textContent: each }));
for (const each of LARGE)
  at("models").append(make("option", { disabled: true,
    textContent: `${each}: open models/${each}.eml` }));
at("models").addEventListener("change", async () => {
  location.hash = `#model=${at("models").value}`;
});
at("file").addEventListener("change", () => at("file").files[0] && read(at("file").files[0]));
at("text").addEventListener("input", () => {
  try {
    row = numbers(at("text").value);
    say({ text: false });
  } catch (error) {
    fail(error);
  }
});
addEventListener("hashchange", follow);
addEventListener("dragover", (event) => event.preventDefault());
addEventListener("drop", (event) => {
  event.preventDefault();
  if (event.dataTransfer.files[0]) read(event.dataTransfer.files[0]);
});
if (!Object.keys(MODELS).length)
  at("hint").textContent = "Open an .eml file, or drop one here.";
follow();
