// SPDX-License-Identifier: MIT
// Types of emlrt.mjs (emlrt @VERSION@).

export type Numbers = ArrayLike<number>;
export type Dtype = "float32" | "int32" | "int16" | "uint8";

export interface Info {
  readonly bytes: number;
  readonly nInputs: number;
  readonly nScores: number;
  readonly nOutputs: number;
  /** Of all outputs together; 0 if the model is no classifier. */
  readonly nClasses: number;
  readonly scratchBytes: number;
  readonly goldenBytes: number;
  readonly streamBytes: number;
  /** Kept from run to run: such a model takes `push` alone. */
  readonly stateBytes: number;
  readonly inputDtype: Dtype;
  readonly scoreDtype: "float32" | "uint32";
  readonly output: "values" | "votes" | "logits" | "logistic" | "margins" | "shares"
    | "binary" | "inliers";
  readonly work: number;
  readonly version: number;
  readonly flags: number;
}

/** How a stream of samples is cut, in samples of all channels; rate in times a second. */
export interface Window {
  readonly length: number;
  readonly hop: number;
  readonly channels: number;
  readonly rate: number | null;
}

/** What is said of one window. */
export interface Answer {
  scores: Float32Array | Uint32Array;
  classes?: Uint32Array;
  label?: string | string[];
  proba?: Float32Array;
}

/** A refusal, in the runtime's words. */
export class EmlrtError extends Error {
  /** "CRC" for EMLRT_ERR_CRC. */
  readonly status: string;
}

export class Model {
  private constructor();
  /** Rejects with EmlrtError if the blob is none, damaged or inconsistent. */
  static load(bytes: ArrayBuffer | Uint8Array): Promise<Model>;
  /** The version of the runtime. */
  static version(): Promise<string>;
  readonly info: Info;
  /** A list for each output; empty if the model is no classifier. */
  readonly labels: string[][];
  readonly featureNames: string[] | null;
  readonly outputNames: string[] | null;
  readonly note: string | null;
  /** How the device's numbers are made of raw ones, where they are not the same. */
  readonly rule: { readonly offset: number[]; readonly scale: number[] } | null;
  /** Of a model of samples. */
  readonly window: Window | null;
  /** Inputs of the golden vectors, as the device reads them. */
  readonly golden: Array<Float32Array | Int32Array | Int16Array | Uint8Array>;
  /** Raw numbers of one row as the device reads them. */
  inputsOf(x: Numbers): Float32Array | Int32Array | Int16Array | Uint8Array;
  /** The scores of one row, as the device reads it: what emlrt_run computes. */
  run(inputs: Numbers): Float32Array | Uint32Array;
  /** Of one row of raw numbers; RangeError names a number that the model does not take. */
  scores(x: Numbers): Float32Array | Uint32Array;
  /** The index of the class, for each output. */
  classify(x: Numbers): Uint32Array;
  /** Probabilities of the classes, output after output. */
  predictProba(x: Numbers): Float32Array;
  /** The label of a classifier, else the value; of several outputs, a list. */
  predict(x: Numbers): string | number | string[] | Float32Array | Uint32Array;
  /** Samples of a stream, of several channels interleaved, in pieces of any size. */
  push(samples: Numbers): Answer[];
  /** Starts from rest: as if no sample had been pushed. */
  reset(): void;
  /** Runs the golden vectors of the blob; throws if a bit of a score differs. */
  selftest(): void;
}
