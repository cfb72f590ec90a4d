/** The words of a policy, free of server code: the portal's editor completes them too. */
export const ACTIONS = ["tokenize", "redact", "passthrough", "generalize", "block"] as const;
export type Action = (typeof ACTIONS)[number];

export const TOKENIZATIONS = ["vault-deterministic", "reversible-aead"] as const;
export type Tokenization = (typeof TOKENIZATIONS)[number];
