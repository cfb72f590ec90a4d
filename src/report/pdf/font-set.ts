// Sets the global that the shaper of Indic scripts expects; must come before it.
import "regenerator-runtime/runtime.js";
import devanagari from "@expo-google-fonts/noto-sans-devanagari/400Regular/NotoSansDevanagari_400Regular.ttf" with {
  type: "file",
};
import thai from "@expo-google-fonts/noto-sans-thai/400Regular/NotoSansThai_400Regular.ttf" with { type: "file" };
import fontkit from "@pdf-lib/fontkit";
import regular from "dejavu-fonts-ttf/ttf/DejaVuSans.ttf" with { type: "file" };
import bold from "dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf" with { type: "file" };
import mono from "dejavu-fonts-ttf/ttf/DejaVuSansMono.ttf" with { type: "file" };
import type { PDFDocument, PDFFont } from "pdf-lib";
// These packages export no path to their files.
import korean from "../../../node_modules/@embedpdf/fonts-kr/fonts/NotoSansKR-Regular.otf" with { type: "file" };
import han from "../../../node_modules/@embedpdf/fonts-sc/fonts/NotoSansHans-Regular.otf" with { type: "file" };

export type Face = "regular" | "bold" | "mono";

/** A stretch of text that one font can print. */
export interface Run {
  readonly text: string;
  readonly font: PDFFont;
}

const FACES: Readonly<Record<Face, string>> = { regular, bold, mono };

/** Scripts that DejaVu lacks, each with the font that has them; read only when a text needs one. */
const SCRIPTS: readonly (readonly [RegExp, string])[] = [
  [/[\p{Script=Hangul}]/u, korean],
  [/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u3000-\u303f\uff00-\uffef]/u, han],
  [/[\p{Script=Devanagari}]/u, devanagari],
  [/[\p{Script=Thai}]/u, thai],
];

/** What stands for a character that no font here has. */
const MISSING = "\u25a1";

/** The fonts of one document: text in any script prints, a character without a glyph as a box. */
export class FontSet {
  readonly #fonts = new Map<string, Promise<PDFFont>>();
  readonly #known = new Map<string, ReadonlySet<number>>();

  constructor(private readonly document: PDFDocument) {
    document.registerFontkit(fontkit);
  }

  /** Cuts a text into runs; newlines and controls become blanks. */
  async runs(text: string, face: Face): Promise<readonly Run[]> {
    const out: { text: string; font: PDFFont }[] = [];
    for (const character of text.replace(/[\p{Cc}\p{Cs}]/gu, " ")) {
      const { font, printed } = await this.#fontOf(character, face);
      const last = out.at(-1);
      if (last && last.font === font) last.text += printed;
      else out.push({ text: printed, font });
    }
    return out;
  }

  async #fontOf(character: string, face: Face): Promise<{ readonly font: PDFFont; readonly printed: string }> {
    const file = SCRIPTS.find(([script]) => script.test(character))?.[1] ?? FACES[face];
    const font = await this.#load(file);
    const known = this.#known.get(file);
    if (known?.has(character.codePointAt(0) ?? 0)) return { font, printed: character };
    return { font: await this.#load(FACES[face]), printed: MISSING };
  }

  #load(file: string): Promise<PDFFont> {
    const loading = this.#fonts.get(file) ?? this.#embed(file);
    this.#fonts.set(file, loading);
    return loading;
  }

  async #embed(file: string): Promise<PDFFont> {
    const bytes = await Bun.file(file).arrayBuffer();
    // The subsetter writes CFF outlines (.otf) that readers refuse; such a font goes in whole, when a text needs it at all.
    const font = await this.document.embedFont(bytes, { subset: !file.endsWith(".otf") });
    this.#known.set(file, new Set(font.getCharacterSet()));
    return font;
  }
}
