// SPDX-License-Identifier: MIT
//
// emlrt @VERSION@: .eml models in JavaScript, with the bits that firmware and Python
// have. One file, which loads nothing: the WebAssembly module is in it.

const MODULE =
  "@MODULE@";

// What the runtime's headers define, without EMLRT_.
const C = @CONSTANTS@;
const STATUS = named("ERR_");
const OUTPUTS = named("OUTPUT_");
const INFO = ["bytes", "nInputs", "nScores", "nOutputs", "nClasses", "scratchBytes",
  "goldenBytes", "streamBytes", "stateBytes", "inputDtype", "scoreDtype", "output",
  "work", "version", "flags"];
const DTYPES = {
  float32: [C.F32, Float32Array], int32: [C.I32, Int32Array],
  int16: [C.I16, Int16Array], uint8: [C.U8, Uint8Array], uint32: [C.U32, Uint32Array],
};
const LARGEST = 3.4028234663852886e38;
const PAGE = 65536, CHUNK = 4096;

/** A refusal, in the runtime's words. `status` is its name, "CRC" for EMLRT_ERR_CRC. */
export class EmlrtError extends Error {
  constructor(message, status) {
    super(message);
    this.name = "EmlrtError";
    this.status = status;
  }
}

/** Names by their numbers, of what begins with a word. */
function named(word) {
  const found = Object.entries(C).filter(([name]) => name.startsWith(word));
  return Object.fromEntries(found.map(([name, k]) => [k, name.slice(word.length)]));
}

let compiled = null;

function runtime() {
  compiled ??= WebAssembly.compile(Uint8Array.from(atob(MODULE), (c) => c.charCodeAt(0)));
  return compiled;
}

/** The nearest integer, of two the even one. */
function even(x) {
  const low = Math.floor(x);
  if (x - low !== 0.5) return Math.round(x);
  return low % 2 === 0 ? low : low + 1;
}

function dtype(code) {
  return Object.keys(DTYPES).find((name) => DTYPES[name][0] === code);
}

/** A model in memory of its own. */
export class Model {
  /** Opens a blob: an ArrayBuffer, or a Uint8Array. */
  static async load(bytes) {
    const model = new Model();
    model._c = (await WebAssembly.instantiate(await runtime(), {})).exports;
    model._open(bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes));
    return model;
  }

  /** The version of the runtime. */
  static async version() {
    const c = (await WebAssembly.instantiate(await runtime(), {})).exports;
    return text(c, c.version());
  }

  /** Raw numbers of one row as the device reads them. */
  inputsOf(x) {
    if (x.length !== this.info.nInputs) this._check(C.ERR_COUNT);
    return this._converted(x, x.length);
  }

  /** The scores of one row, as the device reads it: what emlrt_run computes. */
  run(inputs) {
    return this._of(inputs, "run", "y", this.info.nScores, this.info.scoreDtype);
  }

  /** The scores of one row. */
  scores(x) {
    return this.run(this.inputsOf(x));
  }

  /** The index of the class, for each output. */
  classify(x) {
    const n = this.info.nOutputs;
    return this._of(this.inputsOf(x), "classify", "classes", n, "uint32");
  }

  /** Probabilities of the classes, output after output. */
  predictProba(x) {
    return this._of(this.inputsOf(x), "proba", "p", this.info.nClasses, "float32");
  }

  /** The label of a classifier, else the value; of several outputs, a list. */
  predict(x) {
    if (this.info.nClasses) return this._labelled(this.classify(x));
    return alone(this.scores(x));
  }

  /** Takes samples of a stream, of any number; an answer for each window that they
   * complete. */
  push(samples) {
    const found = [];
    const [, kind] = DTYPES[this.info.inputDtype];
    const numbers = this._converted(samples, this._channels());
    for (let from = 0; from < numbers.length;) {
      const piece = numbers.subarray(from, from + CHUNK);
      new kind(this._memory(), this._at.samples, piece.length).set(piece);
      this._check(this._c.push(this._at.samples, piece.length, this._at.used));
      from += new DataView(this._memory()).getUint32(this._at.used, true);
      const scores = this._c.stream_scores();
      if (scores) found.push(this._answer(scores));
    }
    return found;
  }

  /** Starts from rest: as if no sample had been pushed. */
  reset() {
    this._check(this._c.reset());
  }

  /** Runs the golden vectors of the blob; throws if a bit of a score differs, or it
   * has none. */
  selftest() {
    this._check(this._c.selftest(this._at.scratch, this._scratch));
  }

  _open(bytes) {
    const blob = align(this._c.heap());
    this._grow(blob + bytes.length);
    new Uint8Array(this._memory(), blob).set(bytes);
    this._check(this._c.peek(blob, bytes.length));
    const info = this._sizes();
    this._layout(align(blob + bytes.length), info);
    this._check(this._c.open(blob, bytes.length, this._at.stream, info.streamBytes));
    info.flags = this._c.info(INFO.length - 1);
    this.info = Object.freeze(info);
    this.labels = this._labels();
    this.featureNames = this._texts(C.META_FEATURES, info.nInputs);
    this.outputNames = this._texts(C.META_OUTPUTS, info.nOutputs);
    this.note = this._texts(C.META_NOTE, 1)?.[0] ?? null;
    this.rule = this._rule();
    this.window = this._window();
    this.golden = this._golden();
  }

  _sizes() {
    const info = Object.fromEntries(INFO.slice(0, -1).map((k, i) => [k, this._c.info(i) >>> 0]));
    info.inputDtype = dtype(info.inputDtype);
    info.scoreDtype = dtype(info.scoreDtype);
    info.output = OUTPUTS[info.output].toLowerCase();
    return info;
  }

  /** Places for what the calls read and write. */
  _layout(from, info) {
    const sizes = {
      stream: info.streamBytes, scratch: Math.max(info.scratchBytes, info.goldenBytes),
      x: info.nInputs * 4, y: info.nScores * 4, p: info.nClasses * 4,
      classes: info.nOutputs * 4, samples: CHUNK * 4, used: 8, text: 256,
    };
    this._scratch = sizes.scratch;
    this._at = {};
    let end = from;
    for (const [key, size] of Object.entries(sizes)) {
      this._at[key] = end;
      end = align(end + size);
    }
    this._grow(end);
  }

  _memory() {
    return this._c.memory.buffer;
  }

  _grow(end) {
    const pages = Math.ceil((end - this._memory().byteLength) / PAGE);
    if (pages > 0) this._c.memory.grow(pages);
  }

  _check(status) {
    if (status === 0) return;
    throw new EmlrtError(text(this._c, this._c.strerror(status)), STATUS[status]);
  }

  _array(name, at, n) {
    return new DTYPES[name][1](this._memory(), at, n).slice();
  }

  _text(read) {
    let size = 256;
    for (;;) {
      this._grow(this._at.text + size);
      const status = read(this._at.text, size);
      if (STATUS[status] === "ABSENT") return null;
      if (STATUS[status] !== "BUFFER") {
        this._check(status);
        return text(this._c, this._at.text);
      }
      size *= 2;
    }
  }

  _texts(kind, n) {
    const found = [];
    for (let i = 0; i < n; i++) {
      const one = this._text((at, size) => this._c.name(kind, i, at, size));
      if (one === null) return null;
      found.push(one);
    }
    return found;
  }

  /** A list of labels for each output; of a blob without labels, the classes' numbers. */
  _labels() {
    const list = [];
    for (let k = 0; k < this.info.nOutputs && this.info.nClasses; k++) {
      const one = (_, i) => this._text((at, n) => this._c.label(k, i, at, n)) ?? `${i}`;
      list.push(Array.from({ length: this._c.classes(k) }, one));
    }
    return list;
  }

  _labelled(classes) {
    return alone(Array.from(classes, (k, output) => this.labels[output][k]));
  }

  /** Offsets and scales of the inputs, where x is made of raw numbers. */
  _rule() {
    if (!(this.info.flags & C.FLAG_OFFSET)) return null;
    const rule = { offset: [], scale: [] };
    for (let i = 0; i < this.info.nInputs; i++) {
      this._check(this._c.offset(i, this._at.used));
      rule.offset.push(Number(new DataView(this._memory()).getBigInt64(this._at.used, true)));
      this._check(this._c.scale(i, this._at.used));
      rule.scale.push(new DataView(this._memory()).getFloat32(this._at.used, true));
    }
    return rule;
  }

  _window() {
    const at = this._c.section(C.META_WINDOW, 12), rate = this._c.section(C.META_RATE, 4);
    if (!at) return null;
    const [length, hop, channels] = this._array("uint32", at, 3);
    const times = rate ? this._array("float32", rate, 1)[0] : null;
    return { length, hop, channels, rate: times };
  }

  /** The inputs of the golden vectors, as the device reads them. */
  _golden() {
    const { inputDtype, nInputs, nScores } = this.info;
    const each = DTYPES[inputDtype][1].BYTES_PER_ELEMENT * nInputs;
    const step = align(each, 4) + 4 * nScores, at = this._c.section(C.META_GOLDEN, 4 + step);
    const n = at ? this._array("uint32", at, 1)[0] : 0;
    if (!n || !this._c.section(C.META_GOLDEN, 4 + n * step)) return [];
    return Array.from({ length: n },
      (_, i) => this._array(inputDtype, at + 4 + i * step, nInputs));
  }

  _channels() {
    return this.window ? this.window.channels : this.info.nInputs;
  }

  /** What a call writes to a place, of one row. */
  _of(inputs, call, place, n, kind) {
    const { nInputs, inputDtype, scratchBytes, stateBytes } = this.info, at = this._at;
    if (stateBytes) this._check(C.ERR_STATE);
    if (inputs.length !== nInputs) this._check(C.ERR_COUNT);
    new DTYPES[inputDtype][1](this._memory(), at.x, nInputs).set(inputs);
    this._check(this._c[call](at.x, nInputs, at[place], n, at.scratch, scratchBytes));
    return this._array(kind, at[place], n);
  }

  /** Raw numbers as the device reads them; input i is of rule i % period. */
  _converted(raw, period) {
    const kind = DTYPES[this.info.inputDtype][1], found = new kind(raw.length);
    const one = kind === Float32Array ? this._float : this._integer;
    for (let i = 0; i < raw.length; i++) found[i] = one.call(this, raw[i], i % period);
    return found;
  }

  _float(raw, i) {
    const { flags } = this.info;
    const x = Math.fround(this.rule ? raw - this.rule.offset[i] : raw);
    if (Number.isNaN(x) && !(flags & C.FLAG_MISSING))
      throw new RangeError(`${this._named(i)} is NaN, which the original model does not` +
        " accept; impute it");
    if (Math.abs(x) !== Infinity) return x;
    if (!(flags & C.FLAG_INFINITE))
      throw new RangeError(`${this._named(i)} is infinite or too large for float32; clip it`);
    return Number.isFinite(raw) ? Math.sign(x) * LARGEST : x;
  }

  _integer(raw, i) {
    const kind = DTYPES[this.info.inputDtype][1], bits = 8 * kind.BYTES_PER_ELEMENT;
    const low = kind === Uint8Array ? 0 : -(2 ** (bits - 1)), high = low + 2 ** bits - 1;
    if (!this.rule) {
      if (Number.isInteger(raw) && raw >= low && raw <= high) return raw;
      throw new RangeError(`${this._named(i)} is ${raw}, but the model takes integers` +
        ` from ${low} to ${high}`);
    }
    if (!Number.isFinite(raw))
      throw new RangeError(`${this._named(i)} is ${raw}, which ${this.info.inputDtype}` +
        " does not hold; impute or clip it");
    const rest = raw - this.rule.offset[i], scale = this.rule.scale[i];
    const scaled = scale === 1 ? rest : Math.fround(Math.fround(rest) * scale);
    return Math.min(high, Math.max(low, even(scaled)));
  }

  _named(i) {
    return this.window ? "a sample" : this.featureNames?.[i] ?? `input ${i}`;
  }

  _answer(at) {
    const { nScores, nClasses, nOutputs, scoreDtype } = this.info;
    const answer = { scores: this._array(scoreDtype, at, nScores) };
    if (nClasses) {
      this._check(this._c.stream_classify(this._at.classes, nOutputs));
      answer.classes = this._array("uint32", this._at.classes, nOutputs);
      answer.label = this._labelled(answer.classes);
      const status = this._c.stream_proba(this._at.p, nClasses);
      if (status === 0) answer.proba = this._array("float32", this._at.p, nClasses);
      else if (STATUS[status] !== "KIND") this._check(status);
    }
    return answer;
  }
}

function align(at, to = 16) {
  return Math.ceil(at / to) * to;
}

function alone(list) {
  return list.length === 1 ? list[0] : list;
}

function text(c, at) {
  const bytes = new Uint8Array(c.memory.buffer, at);
  return new TextDecoder().decode(bytes.subarray(0, bytes.indexOf(0)));
}
