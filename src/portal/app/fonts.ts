import inter from "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2" with { type: "file" };
import mono from "@fontsource-variable/jetbrains-mono/files/jetbrains-mono-latin-wght-normal.woff2" with {
  type: "file",
};

/** Loads the bundled fonts beside the page: as files of their own they neither delay nor bloat the style sheet. */
export function loadFonts(): void {
  for (const [family, url] of [
    ["Inter Variable", inter],
    ["JetBrains Mono Variable", mono],
  ] as const) {
    const face = new FontFace(family, `url(${url}) format("woff2")`, { weight: "100 900", display: "swap" });
    document.fonts.add(face);
    void face.load();
  }
}
