import { type PDFDocument, type PDFPage, rgb } from "pdf-lib";
import type { Face, FontSet, Run } from "./font-set.ts";

/** A4 in points. */
const PAGE = { width: 595.28, height: 841.89 } as const;
const MARGIN = 56;
const FOOT = 64;

export const WIDTH = PAGE.width - 2 * MARGIN;

export const COLORS = {
  ink: rgb(0.08, 0.13, 0.17),
  muted: rgb(0.34, 0.39, 0.45),
  line: rgb(0.85, 0.87, 0.9),
  soft: rgb(0.95, 0.96, 0.97),
  accent: rgb(0.04, 0.43, 0.45),
  good: rgb(0.1, 0.42, 0.24),
  warn: rgb(0.54, 0.33, 0),
  bad: rgb(0.7, 0.15, 0.12),
} as const;

export interface TextLook {
  readonly size?: number;
  readonly face?: Face;
  readonly color?: (typeof COLORS)[keyof typeof COLORS];
  /** Points from the left margin. */
  readonly indent?: number;
  /** Points that the text may take; the rest of the line by default. */
  readonly width?: number;
}

interface Line {
  readonly runs: readonly Run[];
  readonly width: number;
}

/** Writes from top to bottom, on as many pages as it takes. */
export class PageWriter {
  #page: PDFPage;
  #y = PAGE.height - MARGIN;

  constructor(
    private readonly document: PDFDocument,
    private readonly fonts: FontSet,
  ) {
    this.#page = document.addPage([PAGE.width, PAGE.height]);
  }

  newPage(): void {
    this.#page = this.document.addPage([PAGE.width, PAGE.height]);
    this.#y = PAGE.height - MARGIN;
  }

  /** Begins a new page when less than `height` points are left on this one. */
  need(height: number): void {
    if (this.#y - height < FOOT) this.newPage();
  }

  space(height: number): void {
    this.#y -= height;
  }

  async heading(text: string): Promise<void> {
    this.need(90);
    this.space(14);
    await this.text(text, { size: 15, face: "bold", color: COLORS.accent });
    this.space(4);
  }

  /** A paragraph, broken at blanks, and inside a word that is longer than the line. */
  async text(text: string, look: TextLook = {}): Promise<void> {
    const { size = 10, face = "regular", color = COLORS.ink, indent = 0 } = look;
    const height = size * 1.45;
    for (const line of await this.#lines(text, face, size, look.width ?? WIDTH - indent)) {
      this.need(height);
      this.#y -= height;
      this.#draw(line.runs, MARGIN + indent, this.#y, size, color);
    }
  }

  /** A table; `widths` in points, at most WIDTH in sum. The head comes again on every page. */
  async table(head: readonly string[], widths: readonly number[], rows: readonly (readonly string[])[]): Promise<void> {
    const headed = head.some((cell) => cell !== "");
    this.need(44);
    if (headed) await this.#row(head, widths, true);
    for (const row of rows) {
      const before = this.document.getPageCount();
      this.need(22);
      if (headed && this.document.getPageCount() > before) await this.#row(head, widths, true);
      await this.#row(row, widths, false);
    }
    this.space(6);
  }

  /** Horizontal bars, the longest as wide as the chart. */
  async bars(rows: readonly { readonly name: string; readonly value: number }[]): Promise<void> {
    const most = Math.max(1, ...rows.map((row) => row.value));
    for (const row of rows) {
      this.need(18);
      this.#y -= 16;
      await this.#drawText(row.name, MARGIN, 9, COLORS.ink, 150);
      const width = Math.max(1, ((WIDTH - 210) * row.value) / most);
      this.#page.drawRectangle({ x: MARGIN + 156, y: this.#y - 1, width, height: 9, color: COLORS.accent });
      await this.#drawText(String(row.value), MARGIN + 162 + width, 9, COLORS.muted, 60);
    }
    this.space(8);
  }

  /** A box with one big line in it, for the cover and the summary. */
  async callout(text: string, color: TextLook["color"] = COLORS.accent): Promise<void> {
    const lines = await this.#lines(text, "bold", 11, WIDTH - 28);
    const height = lines.length * 16 + 18;
    this.need(height + 8);
    this.#page.drawRectangle({ x: MARGIN, y: this.#y - height, width: WIDTH, height, color: COLORS.soft });
    this.#page.drawRectangle({ x: MARGIN, y: this.#y - height, width: 4, height, color });
    let y = this.#y - 10;
    for (const line of lines) {
      y -= 13;
      this.#draw(line.runs, MARGIN + 16, y, 11, color);
      y -= 3;
    }
    this.#y -= height + 8;
  }

  async #row(cells: readonly string[], widths: readonly number[], head: boolean): Promise<void> {
    const size = head ? 8.5 : 9;
    const wrapped: Line[][] = [];
    for (const [column, cell] of cells.entries()) {
      wrapped.push([...(await this.#lines(cell, head ? "bold" : "regular", size, (widths[column] ?? 60) - 8))]);
    }
    const height = Math.max(1, ...wrapped.map((lines) => lines.length)) * size * 1.4 + 6;
    this.need(height);
    const top = this.#y;
    let x = MARGIN;
    for (const [column, lines] of wrapped.entries()) {
      let y = top - 3;
      for (const line of lines) {
        y -= size * 1.4;
        this.#draw(line.runs, x, y + 3, size, head ? COLORS.muted : COLORS.ink);
      }
      x += widths[column] ?? 60;
    }
    this.#y = top - height;
    this.#page.drawLine({
      start: { x: MARGIN, y: this.#y },
      end: { x: MARGIN + WIDTH, y: this.#y },
      thickness: 0.5,
      color: COLORS.line,
    });
  }

  async #drawText(text: string, x: number, size: number, color: typeof COLORS.ink, width: number): Promise<void> {
    const [line] = await this.#lines(text, "regular", size, width);
    if (line) this.#draw(line.runs, x, this.#y, size, color);
  }

  #draw(runs: readonly Run[], x: number, y: number, size: number, color: typeof COLORS.ink): void {
    for (const run of runs) {
      this.#page.drawText(run.text, { x, y, size, font: run.font, color });
      x += run.font.widthOfTextAtSize(run.text, size);
    }
  }

  async #lines(text: string, face: Face, size: number, width: number): Promise<readonly Line[]> {
    const lines: Line[] = [];
    for (const paragraph of text.split("\n")) {
      let line: { runs: Run[]; width: number } = { runs: [], width: 0 };
      for (const word of paragraph.split(/(?<=[\s\u3000])/)) {
        for (const piece of await this.#fitting(word, face, size, width)) {
          if (line.width + piece.width > width && line.runs.length > 0) {
            lines.push(line);
            line = { runs: [], width: 0 };
          }
          line.runs.push(...piece.runs);
          line.width += piece.width;
        }
      }
      lines.push(line);
    }
    return lines;
  }

  /** The word, or pieces of it that each fit on a line. */
  async #fitting(word: string, face: Face, size: number, width: number): Promise<readonly Line[]> {
    const whole = await this.#measure(word, face, size);
    if (whole.width <= width) return [whole];
    const pieces: Line[] = [];
    const characters = [...word];
    const share = Math.max(1, Math.floor((characters.length * width) / whole.width) - 1);
    for (let at = 0; at < characters.length; at += share) {
      pieces.push(await this.#measure(characters.slice(at, at + share).join(""), face, size));
    }
    return pieces;
  }

  async #measure(text: string, face: Face, size: number): Promise<Line> {
    const runs = await this.fonts.runs(text, face);
    return { runs, width: runs.reduce((sum, run) => sum + run.font.widthOfTextAtSize(run.text, size), 0) };
  }
}
