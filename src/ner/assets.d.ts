/** Files embedded `with { type: "file" }`; the default export is the path to read them from. */
declare module "*.onnx" {
  const path: string;
  export default path;
}
declare module "*.so.1" {
  const path: string;
  export default path;
}
declare module "*.dylib" {
  const path: string;
  export default path;
}
declare module "*.dll" {
  const path: string;
  export default path;
}
declare module "*.node" {
  const path: string;
  export default path;
}
