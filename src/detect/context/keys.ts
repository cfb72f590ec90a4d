/** Splits a dotted JSON key path into lower-case words: `patient.birthDate` is patient, birth, date; `PID-3` is pid, 3. */
export function keyWords(path: string): string[] {
  return path
    .slice(-400)
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, "$1 $2")
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, "$1 $2")
    .toLowerCase()
    .split(/[^\p{L}\d]+/u)
    .filter((word) => word !== "");
}
