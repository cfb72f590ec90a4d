import type { NerModel } from "../detect/detector.ts";

/**
 * The statistical pass, started when it is first needed: at the start when a policy in use asks for it, else with the first
 * text that does. It costs memory and threads that an installation without it should not pay.
 */
export interface LazyNer extends NerModel {
  /** Resolves when the model is up, or has failed. */
  start(): Promise<void>;
}

export function createLazyNer(create: () => Promise<NerModel>): LazyNer {
  let model: NerModel | null = null;
  let starting: Promise<NerModel> | null = null;
  let closed = false;

  function started(): Promise<NerModel> {
    starting ??= create().then((made) => {
      model = made;
      return closed ? made.close().then(() => made) : made;
    });
    return starting;
  }

  return {
    async start() {
      await started();
    },
    label: async (...args) => (await started()).label(...args),
    status: () => model?.status() ?? "absent",
    async close() {
      closed = true;
      await (await starting)?.close();
    },
  };
}
