/** The model's three files: the built-in ones, or those that MASKER_NER_MODEL_PATH names, validated. */
import { readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import { type Labels, parseLabels } from "./labels.ts";
import builtInLabels from "./model/labels.json" with { type: "json" };
import builtInModel from "./model/model.int8.onnx" with { type: "file" };
import builtInVocabulary from "./model/vocab.txt" with { type: "text" };
import { nerFailure } from "./native.ts";
import { readOpset } from "./opset.ts";

export interface ModelFiles {
  /** ONNX file; readable with Bun.file. */
  readonly model: string;
  /** Text of vocab.txt. */
  readonly vocabulary: string;
  readonly labels: Labels;
}

/** What the pinned ONNX Runtime runs and exporters of such encoders write. */
const OPSETS = { lowest: 13, highest: 23 };

/**
 * @param path null: the built-in model. Else a folder with model.int8.onnx (or model.onnx), vocab.txt and labels.json, or an
 *   .onnx file with the other two beside it.
 * @throws MaskerError detection_unavailable with a message for the operator.
 */
export async function findModel(path: string | null): Promise<ModelFiles> {
  if (path === null) {
    const labels = parseLabels(JSON.stringify(builtInLabels));
    return { model: builtInModel, vocabulary: builtInVocabulary, labels };
  }
  const model = await modelFile(path);
  const folder = dirname(model);
  const vocabulary = await readText(join(folder, "vocab.txt"), "vocab.txt");
  const labels = await readText(join(folder, "labels.json"), "labels.json");
  const opset = readOpset(await readBytes(model));
  if (opset === null) throw nerFailure("MASKER_NER_MODEL_PATH: the model is not an ONNX file, or is cut short.");
  if (opset < OPSETS.lowest || opset > OPSETS.highest) {
    throw nerFailure(
      `MASKER_NER_MODEL_PATH: the model's opset is ${opset}; ${OPSETS.lowest} to ${OPSETS.highest} run.`,
    );
  }
  try {
    return { model, vocabulary, labels: parseLabels(labels) };
  } catch (error) {
    const place = error instanceof z.ZodError ? ` at ${error.issues[0]?.path.join(".") || "its root"}` : "";
    throw nerFailure(`MASKER_NER_MODEL_PATH: labels.json is not valid${place}.`, error);
  }
}

async function modelFile(path: string): Promise<string> {
  const folder = await stat(path).then(
    (found) => found.isDirectory(),
    () => null,
  );
  if (folder === null) throw nerFailure("MASKER_NER_MODEL_PATH: no such file or folder.");
  if (!folder) return path;
  for (const name of ["model.int8.onnx", "model.onnx"]) {
    if (await Bun.file(join(path, name)).exists()) return join(path, name);
  }
  throw nerFailure("MASKER_NER_MODEL_PATH: the folder holds neither model.int8.onnx nor model.onnx.");
}

async function readText(path: string, name: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw nerFailure(`MASKER_NER_MODEL_PATH: ${name} cannot be read beside the model.`, error);
  }
}

async function readBytes(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw nerFailure("MASKER_NER_MODEL_PATH: the model cannot be read.", error);
  }
}
