import { newSecret, sha256Hex } from "../crypto/secret.ts";
import {
  deleteOneTimeTokens,
  findOneTimeToken,
  insertOneTimeToken,
  type OneTimePurpose,
  redeemOneTimeToken,
} from "../db/one-time-tokens.ts";
import { anyAdminExists } from "../db/users.ts";
import { MaskerError } from "../errors.ts";
import type { AuthDeps } from "./deps.ts";

const HOUR_MS = 3_600_000;

/** How long each kind of link can be used. */
const LIFETIME_MS: Readonly<Record<OneTimePurpose, number>> = {
  setup: 24 * HOUR_MS,
  invite: 7 * 24 * HOUR_MS,
  reset: 24 * HOUR_MS,
};

type LinkDeps = Pick<AuthDeps, "db" | "clock" | "baseUrl">;

/**
 * A one-time link into the portal. Its secret stands in the fragment, which browsers send to nobody, so that it reaches no
 * log of a server or proxy. Earlier links of the same purpose and user are void.
 */
export async function issueLink(deps: LinkDeps, purpose: OneTimePurpose, userId: string | null): Promise<string> {
  const now = deps.clock();
  await deleteOneTimeTokens(deps.db, purpose, userId);
  const secret = newSecret("link");
  await insertOneTimeToken(deps.db, {
    hash: sha256Hex(secret),
    purpose,
    user_id: userId,
    created_at: now,
    expires_at: now + LIFETIME_MS[purpose],
    used_at: null,
  });
  return `${deps.baseUrl()}/portal/setup#${purpose}=${secret}`;
}

/** The link by which the first admin is made; null when somebody can already sign in. */
export async function issueSetupLink(deps: LinkDeps): Promise<string | null> {
  return (await anyAdminExists(deps.db)) ? null : issueLink(deps, "setup", null);
}

/** A link that could be used now; it is not used up by looking. */
export async function checkLink(
  deps: LinkDeps,
  secret: string,
  purposes: readonly OneTimePurpose[],
): Promise<{ readonly hash: string; readonly userId: string | null; readonly purpose: OneTimePurpose }> {
  const token = await findOneTimeToken(deps.db, sha256Hex(secret), deps.clock());
  if (!token || !purposes.includes(token.purpose)) throw badLink();
  return { hash: token.hash, userId: token.user_id, purpose: token.purpose };
}

/**
 * Uses a link up. Of several requests with one link only one gets through.
 * @throws MaskerError unauthenticated
 */
export async function consumeLink(deps: LinkDeps, hash: string): Promise<void> {
  if (!(await redeemOneTimeToken(deps.db, hash, deps.clock()))) throw badLink();
}

function badLink(): MaskerError {
  return new MaskerError("unauthenticated", { message: "This link is not valid, or it was used already." });
}
