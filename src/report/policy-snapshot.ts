import { isScalar, isSeq, parseDocument } from "yaml";

/** Lists of literal values in a policy; they may name people. */
const LITERAL_LISTS = ["deny", "allow"] as const;

/** The policy's text with the values of its literal lists hidden: a report can be mailed, a staff directory cannot. */
export function hideLiterals(yaml: string): string {
  const document = parseDocument(yaml);
  let hidden = false;
  for (const list of LITERAL_LISTS) {
    const node = document.get(list, true);
    if (!isSeq(node)) continue;
    node.comment = null;
    node.commentBefore = null;
    for (const item of node.items) {
      if (!isScalar(item)) continue;
      item.value = "(hidden)";
      item.comment = null;
      item.commentBefore = null;
      hidden = true;
    }
  }
  return hidden ? document.toString() : yaml;
}
