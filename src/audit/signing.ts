/** Ed25519 (RFC 8032): checkpoints, tombstones and reports are signed, so that they hold without the key of the chain. */
import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from "node:crypto";

/** DER heads of PKCS #8 and SubjectPublicKeyInfo for Ed25519 (RFC 8410); the 32 bytes of the key follow. */
const PRIVATE_HEAD = Buffer.from("302e020100300506032b657004220420", "hex");
const PUBLIC_HEAD = Buffer.from("302a300506032b6570032100", "hex");

export interface Signer {
  /** First 16 hex digits of the SHA-256 of the public key. */
  readonly keyId: string;
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  /** Signature of 64 bytes, in base64. */
  sign(message: string | Uint8Array): string;
}

/** Signer for a seed of 32 bytes. */
export function signerOf(seed: Uint8Array): Signer {
  const privateKey = createPrivateKey({ key: Buffer.concat([PRIVATE_HEAD, seed]), format: "der", type: "pkcs8" });
  const der = createPublicKey(privateKey).export({ format: "der", type: "spki" });
  const publicKey = new Uint8Array(der.subarray(PUBLIC_HEAD.length));
  return {
    keyId: keyIdOf(publicKey),
    publicKey,
    sign: (message) =>
      sign(null, typeof message === "string" ? Buffer.from(message) : message, privateKey).toString("base64"),
  };
}

/** Name of a public key of 32 bytes. */
export function keyIdOf(publicKey: Uint8Array): string {
  return createHash("sha256").update(publicKey).digest("hex").slice(0, 16);
}

/** True when `signature` (base64) over `message` was made by the holder of `publicKey` (32 bytes). */
export function isSignedBy(publicKey: Uint8Array, message: string, signature: string): boolean {
  const bytes = Buffer.from(signature, "base64");
  // Base64 has several spellings of one value: only the one that was written counts.
  if (bytes.length !== 64 || bytes.toString("base64") !== signature) return false;
  return verify(null, Buffer.from(message), publicKeyObject(publicKey), bytes);
}

function publicKeyObject(publicKey: Uint8Array): KeyObject {
  return createPublicKey({ key: Buffer.concat([PUBLIC_HEAD, publicKey]), format: "der", type: "spki" });
}
