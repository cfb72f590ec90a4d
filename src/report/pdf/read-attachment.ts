import {
  decodePDFRawStream,
  PDFArray,
  PDFDict,
  PDFDocument,
  PDFHexString,
  PDFName,
  PDFRawStream,
  PDFString,
} from "pdf-lib";

/** The text of an attached file, null when the PDF has none of that name or is no PDF. */
export async function readAttachment(pdf: Uint8Array, name: string): Promise<string | null> {
  try {
    const document = await PDFDocument.load(pdf, { updateMetadata: false });
    const files = document.catalog
      .lookupMaybe(PDFName.of("Names"), PDFDict)
      ?.lookupMaybe(PDFName.of("EmbeddedFiles"), PDFDict)
      ?.lookupMaybe(PDFName.of("Names"), PDFArray);
    if (!files) return null;
    for (let at = 0; at + 1 < files.size(); at += 2) {
      const key = files.lookup(at);
      const text = key instanceof PDFHexString || key instanceof PDFString ? key.decodeText() : null;
      if (text !== name) continue;
      const stream = files
        .lookup(at + 1, PDFDict)
        .lookup(PDFName.of("EF"), PDFDict)
        .lookup(PDFName.of("F"));
      if (stream instanceof PDFRawStream) return new TextDecoder().decode(decodePDFRawStream(stream).decode());
    }
    return null;
  } catch {
    return null;
  }
}
