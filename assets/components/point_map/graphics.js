// graphics: which of the two painters a machine is given.

const ON_PROCESSOR = /swiftshader|llvmpipe|softpipe|software|basic render/i;

let graphics; // found out once a page

// "card", "processor" (WebGL2 that a program computes) or "none" (no WebGL2).
function graphicsKind() {
  if (graphics) return graphics;
  const gl = element("canvas").getContext("webgl2");
  if (!gl) return (graphics = "none");
  const known = gl.getExtension("WEBGL_debug_renderer_info");
  const name = known ? gl.getParameter(known.UNMASKED_RENDERER_WEBGL) : "";
  gl.getExtension("WEBGL_lose_context")?.loseContext();
  return (graphics = ON_PROCESSOR.test(name) ? "processor" : "card");
}

function painterFor(canvas) {
  if (graphicsKind() !== "card") return new BitmapPainter(canvas);
  try {
    return new Painter(canvas);
  } catch (error) {
    console.info(`The map is drawn without WebGL2: ${error.message}`);
    graphics = "none";
    const other = canvas.cloneNode(); // the old one is bound to WebGL2 for good
    canvas.replaceWith(other);
    return new BitmapPainter(other);
  }
}
