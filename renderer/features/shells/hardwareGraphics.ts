/**
 * Whether a real graphics processor draws. In software (SwiftShader, llvmpipe) WebGL is twenty times slower than the
 * page itself, and the browser's own `failIfMajorPerformanceCaveat` does not tell.
 */
export function hasHardwareGraphics(): boolean {
  const gl = document.createElement('canvas').getContext('webgl2');
  if (gl === null) return false;
  const info = gl.getExtension('WEBGL_debug_renderer_info');
  const renderer: unknown = gl.getParameter(info?.UNMASKED_RENDERER_WEBGL ?? gl.RENDERER);
  gl.getExtension('WEBGL_lose_context')?.loseContext();
  return typeof renderer === 'string' && !/swiftshader|llvmpipe|software|basic render/i.test(renderer);
}
