import { z } from "zod";
import { isKind, type Kind } from "../detect/kind.ts";

const unit = z.number().min(0).max(1);

/** A word is masked when P(O) is below `seed`; a word beside a masked one when it is below `neighbour`. */
const threshold = z.strictObject({ seed: unit, neighbour: unit }).refine(({ seed, neighbour }) => seed <= neighbour, {
  message: "neighbour must not be below seed",
});

const kind = z.custom<Kind>((value) => typeof value === "string" && isKind(value), { message: "no such kind" });

/** `labels.json` beside a model: what its outputs mean and how they are read. */
const labelsSchema = z.strictObject({
  format: z.literal(1),
  /** Shown by health and logs. */
  name: z.string().regex(/^[a-z0-9][a-z0-9.-]{0,63}$/),
  /** In the order of the logits; "O" (no identifier) first, then kinds. */
  labels: z
    .tuple([z.literal("O")], kind)
    .refine((labels) => labels.length > 1 && new Set(labels).size === labels.length, {
      message: "labels must be at least two, each once",
    }),
  /** Whether segment ids also carry the case of the word (segment + 2 x case). */
  case_feature: z.boolean(),
  /** Longest sequence, special tokens included; longer texts run in overlapping windows. */
  max_pieces: z.int().min(64).max(512),
  /** The last so many pieces of the question go with a text; 0: the model reads no question. */
  question_pieces: z.int().min(0).max(128),
  thresholds: z.strictObject({ default: threshold, kinds: z.partialRecord(kind, threshold) }),
  /** Raw score to confidence: points of a rising, piecewise linear curve from x = 0 to x = 1. */
  confidence: z
    .array(z.tuple([unit, unit]))
    .min(2)
    .refine(
      (points) =>
        points[0]?.[0] === 0 &&
        points.at(-1)?.[0] === 1 &&
        points.every(([x, y], i) => i === 0 || ((points[i - 1]?.[0] ?? 1) < x && (points[i - 1]?.[1] ?? 1) <= y)),
      { message: "confidence must rise from x = 0 to x = 1" },
    ),
  /** Sentences that the model must mark on every machine, tried at each start: the parts that have to be masked. */
  probes: z
    .array(z.strictObject({ text: z.string().min(1).max(1000), masked: z.array(z.string().min(1)).min(1) }))
    .refine((probes) => probes.every(({ text, masked }) => masked.every((part) => text.includes(part))), {
      message: "a probe's masked part must be in its text",
    })
    .optional(),
});

export type Labels = z.infer<typeof labelsSchema>;

/** @throws SyntaxError or z.ZodError */
export function parseLabels(json: string): Labels {
  const labels = labelsSchema.parse(JSON.parse(json));
  if (labels.question_pieces > labels.max_pieces / 2) throw new SyntaxError("question_pieces leaves no room for text");
  return labels;
}
