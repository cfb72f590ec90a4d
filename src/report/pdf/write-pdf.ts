import { AFRelationship, degrees, PDFDocument, type PDFFont } from "pdf-lib";
import type { Signer } from "../../audit/signing.ts";
import type { Report } from "../report-schema.ts";
import type { SampleTranscript } from "../transcripts.ts";
import { FontSet } from "./font-set.ts";
import { COLORS, PageWriter } from "./page-writer.ts";
import { sealPdf } from "./seal-pdf.ts";
import { SECTIONS } from "./sections.ts";

/** Name of the attached JSON. */
export const ATTACHMENT = "report.json";

/**
 * The PDF form: the sections, the JSON attached, the report id across every page, page numbers, and a signature over all bytes
 * at the end.
 * @param json the JSON form exactly as it is handed out
 */
export async function writePdf(
  report: Report,
  json: string,
  samples: readonly SampleTranscript[],
  signer: Signer,
): Promise<Uint8Array> {
  const document = await PDFDocument.create();
  const made = new Date(report.generated_at);
  document.setTitle(`Masker compliance report ${report.id}`);
  document.setSubject(`${report.scope} report, ${report.window.since} to ${report.window.until}`);
  document.setAuthor(`Masker, node ${report.generator.node}`);
  document.setCreator(`Masker ${report.generator.version}`);
  document.setProducer("Masker (pdf-lib)");
  document.setKeywords(["HIPAA", "audit", report.id]);
  document.setLanguage("en");
  document.setCreationDate(made);
  document.setModificationDate(made);

  const fonts = new FontSet(document);
  const page = new PageWriter(document, fonts);
  for (const section of SECTIONS) await section(page, report, samples);

  const [run] = await fonts.runs(report.id, "regular");
  if (run) stampPages(document, report.id, run.font);

  await document.attach(new TextEncoder().encode(json), ATTACHMENT, {
    mimeType: "application/json",
    description: "The same report, signed, for programs",
    creationDate: made,
    modificationDate: made,
    afRelationship: AFRelationship.Data,
  });
  // Without object streams a reader of another make, and our own small script, find the attachment by simple means.
  return sealPdf(await document.save({ useObjectStreams: false }), signer);
}

function stampPages(document: PDFDocument, id: string, font: PDFFont): void {
  const pages = document.getPages();
  for (const [at, page] of pages.entries()) {
    const { width, height } = page.getSize();
    page.drawText(id, {
      x: width / 2 - 210,
      y: height / 2 - 190,
      size: 30,
      font,
      color: COLORS.line,
      opacity: 0.45,
      rotate: degrees(45),
    });
    page.drawText(`${id}`, { x: 56, y: 34, size: 8, font, color: COLORS.muted });
    const number = `${at + 1} / ${pages.length}`;
    page.drawText(number, {
      x: width - 56 - font.widthOfTextAtSize(number, 8),
      y: 34,
      size: 8,
      font,
      color: COLORS.muted,
    });
  }
}
