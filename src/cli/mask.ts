import { previewMasking } from "../api/mask-preview.ts";
import type { TextSlot } from "../detect/detector.ts";
import { applyEdits } from "../json/leaves.ts";
import { detectOptions, type Policy, TOKENIZATIONS } from "../policy/policy.ts";
import { parseToken } from "../tokens/token.ts";
import { type Command, UsageError } from "./command.ts";
import { EXIT } from "./exit-code.ts";
import { DETECTION_OPTIONS, openDetection, readInput, textParts } from "./offline.ts";

export const maskCommand: Command = {
  name: "mask",
  summary: "Shows a text as a model would see it; the tokens stand for nothing and nothing is stored",
  options: {
    ...DETECTION_OPTIONS,
    scheme: { value: "SCHEME", summary: `${TOKENIZATIONS.join(" or ")} (the policy's)` },
    "require-match": { summary: "end with 2 when nothing was found" },
  },
  async run(call) {
    const { options, io } = call;
    const detection = await openDetection(call);
    try {
      const policy = withScheme(detection.policy, options.get("scheme"));
      const text = await readInput(call);
      const parts = textParts(text, null, "user");
      const { spans } = await detection.detector.detect(parts.slots, detectOptions(policy));

      // Each span is masked as a text of its own: its replacement is then put where it stands in the source.
      const places = spans.flatMap((list, leaf) => list.map((span) => ({ span, leaf })));
      const pieces = places.map(({ span, leaf }): TextSlot => {
        const whole = parts.slots[leaf]?.text ?? "";
        return { text: whole.slice(span.start, span.end), message: null, role: "user" };
      });
      const whole = places.map(({ span }) => [{ ...span, start: 0, end: span.end - span.start }]);
      const preview = previewMasking(pieces, whole, policy, new Date());
      const edits = parts.leaves.flatMap((leaf, index) =>
        leaf.edits(
          places.flatMap((place, at) =>
            place.leaf === index
              ? [{ start: place.span.start, end: place.span.end, text: preview.texts[at] ?? "" }]
              : [],
          ),
        ),
      );
      const located = parts.locate(spans);
      const output = {
        masked: applyEdits(text, edits),
        events: places.map(({ span }, at) => {
          const { action, kid } = policy.entities[span.kind];
          const token = parseToken(preview.texts[at] ?? "");
          return {
            pass: span.pass,
            entity_kind: span.kind,
            span: [located[at]?.start, located[at]?.end],
            confidence: span.confidence,
            token_kind: token?.scheme ?? null,
            kid: token ? kid : null,
            action,
          };
        }),
        blocked: preview.blocked,
        policy_name: policy.name,
        policy_version: policy.revision,
      };
      await io.out(`${JSON.stringify(output, null, io.outIsTerminal ? 2 : 0)}\n`);
      return options.has("require-match") && places.length === 0 ? EXIT.commandSpecific : EXIT.ok;
    } finally {
      await detection.close();
    }
  },
};

function withScheme(policy: Policy, name: string | undefined): Policy {
  if (name === undefined) return policy;
  const tokenization = TOKENIZATIONS.find((scheme) => scheme === name);
  if (!tokenization) throw new UsageError(`--scheme takes ${TOKENIZATIONS.join(" or ")}`);
  return { ...policy, tokenization };
}
