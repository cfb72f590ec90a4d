/** A file of the portal inside the executable: paths that Bun.file reads. */
export interface PortalAsset {
  readonly file: string;
  readonly brotli: string | null;
}

/** By path below `/portal`. Empty when run from source; the build puts the bundled files here (bundle.ts). */
export const PORTAL_ASSETS: ReadonlyMap<string, PortalAsset> = new Map();
