import { z } from "zod";
import type { Principal } from "../auth/principal.ts";
import type { Detection, Role, TextSlot } from "../detect/detector.ts";
import { MaskerError } from "../errors.ts";
import { ACTIONS, detectOptions, type Policy } from "../policy/policy.ts";
import { DEFAULT_POLICY_NAME } from "../policy/presets.ts";
import type { ApiDeps } from "./deps.ts";
import { previewMasking } from "./mask-preview.ts";
import { readPolicyYaml } from "./policy-store.ts";
import { kindSchema } from "./session-schema.ts";
import { procedure, router } from "./trpc.ts";

const ROLES = ["system", "developer", "user", "assistant", "tool", "function"] as const satisfies readonly Role[];

const messageSchema = z.strictObject({ role: z.enum(ROLES), content: z.string() });

const textInput = z
  .strictObject({
    text: z.string().optional(),
    messages: z.array(messageSchema).max(1000).optional(),
    policy_name: z.string().optional(),
    policy_yaml: z.string().optional(),
  })
  .refine((input) => (input.text === undefined) !== (input.messages === undefined), {
    path: ["text"],
    message: "send either text or messages",
  })
  .refine((input) => input.policy_name === undefined || input.policy_yaml === undefined, {
    path: ["policy_yaml"],
    message: "cannot be sent together with policy_name",
  });

type TextInput = z.infer<typeof textInput>;

/** Offsets count UTF-16 code units, as JavaScript strings do; `message` is the index in `messages`. */
const spanSchema = z.object({
  start: z.int(),
  end: z.int(),
  kind: kindSchema,
  confidence: z.number(),
  pass: z.enum(["regex", "ner"]),
  message: z.int().optional(),
});

const policyFields = { policy_name: z.string(), policy_version: z.int(), ner_skipped: z.boolean() };

interface Examined {
  readonly slots: readonly TextSlot[];
  readonly policy: Policy;
  readonly detection: Detection;
}

async function examine(deps: ApiDeps, principal: Principal, input: TextInput): Promise<Examined> {
  const policy = policyOf(deps, principal, input);
  const slots: TextSlot[] = input.messages
    ? input.messages.map(({ role, content }, message) => ({ text: content, message, role }))
    : [{ text: input.text ?? "", message: null, role: "user" }];
  return { slots, policy, detection: await deps.detector.detect(slots, options(policy, input)) };
}

/** A text that is not saved has no revision; nothing that is cached for a saved policy may answer for it. */
function options(policy: Policy, input: TextInput) {
  const saved = detectOptions(policy);
  return input.policy_yaml === undefined ? saved : { ...saved, revision: `unsaved ${crypto.randomUUID()}` };
}

function policyOf(deps: ApiDeps, principal: Principal, { policy_name, policy_yaml }: TextInput): Policy {
  if (policy_yaml !== undefined) return readPolicyYaml(deps, policy_yaml);
  const policy = deps.policies.get(principal.account.id, policy_name ?? DEFAULT_POLICY_NAME);
  if (!policy) throw new MaskerError("unknown_policy");
  return policy;
}

function flatSpans<S extends { start: number }>(slots: readonly TextSlot[], spans: readonly (readonly S[])[]) {
  return spans.flatMap((list, index) => {
    const message = slots[index]?.message ?? null;
    return list.map((span) => ({ ...span, ...(message === null ? {} : { message }) }));
  });
}

function about({ policy, detection }: Examined) {
  return { policy_name: policy.name, policy_version: policy.revision, ner_skipped: detection.nerSkipped };
}

export const detectRouter = router({
  detect: procedure
    .meta({
      rest: {
        method: "POST",
        path: "/detect",
        access: "agents:read",
        summary: "Find identifiers in a text or a conversation; nothing is stored",
      },
    })
    .input(textInput)
    .output(z.object({ spans: z.array(spanSchema), ...policyFields }))
    .mutation(async ({ ctx: { deps, principal }, input }) => {
      const examined = await examine(deps, principal, input);
      return { spans: flatSpans(examined.slots, examined.detection.spans), ...about(examined) };
    }),

  mask: procedure
    .meta({
      rest: {
        method: "POST",
        path: "/mask",
        access: "agents:read",
        summary: "What the model would see of a text or a conversation; nothing is stored",
      },
    })
    .input(textInput)
    .output(
      z.object({
        /** Of `text`. */
        masked: z.string().optional(),
        /** Of `messages`. */
        messages: z.array(z.object({ role: z.enum(ROLES), content: z.string() })).optional(),
        spans: z.array(spanSchema.extend({ action: z.enum(ACTIONS) })),
        blocked: z.boolean(),
        ...policyFields,
      }),
    )
    .mutation(async ({ ctx: { deps, principal }, input }) => {
      const examined = await examine(deps, principal, input);
      const { slots, detection, policy } = examined;
      const preview = previewMasking(slots, detection.spans, policy, new Date(deps.clock()));
      const content = (index: number) => preview.texts[index] ?? "";
      return {
        ...(input.messages
          ? { messages: input.messages.map(({ role }, index) => ({ role, content: content(index) })) }
          : { masked: content(0) }),
        spans: flatSpans(slots, preview.spans),
        blocked: preview.blocked,
        ...about(examined),
      };
    }),
});
