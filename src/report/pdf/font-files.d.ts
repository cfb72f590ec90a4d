/** Fonts embedded `with { type: "file" }`; the default export is the path to read them from. */
declare module "*.ttf" {
  const path: string;
  export default path;
}
declare module "*.otf" {
  const path: string;
  export default path;
}
