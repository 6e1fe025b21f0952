// painter: draws the points with WebGL2. Positions, looks and the order of drawing are buffers; a
// colour, a size or a share of the way between two frames is a number that changes with a draw.

const VERTEX = `#version 300 es
precision highp float;
layout(location = 0) in vec2 from;
layout(location = 1) in vec2 to;
layout(location = 2) in uvec2 look;
uniform float way, size, rim;
uniform vec2 scale, shift;
uniform sampler2D colours;
flat out vec4 colour;
flat out uint shape;
void main() {
  vec2 begin = isnan(from.x) ? to : from;
  vec2 place = mix(begin, isnan(to.x) ? begin : to, way);
  gl_Position = vec4(place * scale + shift, 0.0, 1.0);
  gl_PointSize = size + 2.0 * rim;
  colour = texelFetch(colours, ivec2(int(look.x), 0), 0);
  shape = look.y;
}`;

const fragment = () => `#version 300 es
precision highp float;
precision highp int;
uniform float size, opacity, rim;
uniform vec4 flat_colour, rim_colour;
uniform bool shapes, hollow;
flat in vec4 colour;
flat in uint shape;
out vec4 ink;
${SHAPE_DISTANCE}
void main() {
  vec2 p = (2.0 * gl_PointCoord - 1.0) * (1.0 + 2.0 * rim / size);
  float away = (shapes ? outside(p, shape) : length(p) - 0.9) * size / 2.0;
  float beyond = clamp(away + 0.5, 0.0, 1.0);
  float cover = clamp(rim + 0.5 - away, 0.0, 1.0) * opacity * (hollow ? beyond : 1.0);
  vec3 rgb = mix(colour.rgb, flat_colour.rgb, flat_colour.a);
  rgb = mix(rgb, rim_colour.rgb, rim_colour.a * beyond);
  ink = vec4(rgb * cover, cover);
}`;

class Painter {
  constructor(canvas) {
    this.canvas = canvas;
    const options = {
      antialias: false,
      premultipliedAlpha: true,
      powerPreference: "high-performance",
    };
    this.gl = canvas.getContext("webgl2", options);
    if (!this.gl) throw new Error("no WebGL2");
    this.prepare();
  }

  prepare() {
    const { gl } = this;
    this.program = programOf(gl, VERTEX, fragment());
    this.where = {};
    for (let n = gl.getProgramParameter(this.program, gl.ACTIVE_UNIFORMS) - 1; n >= 0; n--) {
      const { name } = gl.getActiveUniform(this.program, n);
      this.where[name] = gl.getUniformLocation(this.program, name);
    }
    this.buffers = {
      from: gl.createBuffer(),
      to: gl.createBuffer(),
      looks: gl.createBuffer(),
      order: gl.createBuffer(),
    };
    this.texture = gl.createTexture();
    this.array = gl.createVertexArray();
    gl.bindVertexArray(this.array);
    this.point(0, "from");
    this.point(1, "to");
    gl.bindBuffer(gl.ARRAY_BUFFER, this.buffers.looks);
    gl.enableVertexAttribArray(2);
    gl.vertexAttribIPointer(2, 2, gl.UNSIGNED_BYTE, 2, 0);
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, this.buffers.order);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  }

  point(place, name) {
    const { gl } = this;
    gl.bindBuffer(gl.ARRAY_BUFFER, this.buffers[name]);
    gl.enableVertexAttribArray(place);
    gl.vertexAttribPointer(place, 2, gl.FLOAT, false, 8, 0);
  }

  fill(name, values) {
    const { gl } = this;
    const target = name === "order" ? gl.ELEMENT_ARRAY_BUFFER : gl.ARRAY_BUFFER;
    gl.bindBuffer(target, this.buffers[name]);
    gl.bufferData(target, values, gl.DYNAMIC_DRAW);
  }

  // The places of two frames, between which points move.
  places(from, to) {
    this.fill("from", from);
    this.fill("to", to);
  }

  looks(values) {
    this.fill("looks", values);
  }

  order(rows) {
    this.fill("order", rows);
  }

  colours(css) {
    const { gl } = this;
    const bytes = Uint8Array.from(css.flatMap((colour) => [...channels(colour), 255]));
    gl.bindTexture(gl.TEXTURE_2D, this.texture);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, 256, 1, 0, gl.RGBA, gl.UNSIGNED_BYTE, bytes);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
  }

  // `groups`, in the order of drawing: { first, count, size, opacity, flat, rim, rimColour, hollow,
  // shapes }; see order.js.
  draw(camera, way, groups, ratio) {
    const { gl, canvas, where } = this;
    gl.viewport(0, 0, canvas.width, canvas.height);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
    gl.useProgram(this.program);
    const [across, upwards] = [
      (2 * camera.scale) / camera.width,
      (2 * camera.scale) / camera.height,
    ];
    gl.uniform2f(where.scale, across, upwards);
    gl.uniform2f(where.shift, -camera.x * across, -camera.y * upwards);
    gl.uniform1f(where.way, way);
    for (const { first, count, size, opacity, flat, rim, rimColour, hollow, shapes } of groups) {
      if (!count) continue;
      gl.uniform1f(where.size, size * ratio);
      gl.uniform1f(where.opacity, opacity);
      gl.uniform1f(where.rim, (rim ?? 0) * ratio);
      gl.uniform1i(where.hollow, hollow ? 1 : 0);
      gl.uniform1i(where.shapes, shapes ? 1 : 0);
      gl.uniform4f(where.flat_colour, ...lightOf(flat));
      gl.uniform4f(where.rim_colour, ...lightOf(rimColour));
      gl.drawElements(gl.POINTS, count, gl.UNSIGNED_INT, 4 * first);
    }
  }

  dispose() {
    this.gl.getExtension("WEBGL_lose_context")?.loseContext();
  }
}

const lights = new Map(); // a CSS colour -> four shares, the last 0 for no colour
function lightOf(css) {
  if (!css) return [0, 0, 0, 0];
  if (!lights.has(css)) lights.set(css, [...channels(css).map((byte) => byte / 255), 1]);
  return lights.get(css);
}

function programOf(gl, vertex, fragment) {
  const program = gl.createProgram();
  for (const [kind, source] of [
    [gl.VERTEX_SHADER, vertex],
    [gl.FRAGMENT_SHADER, fragment],
  ]) {
    const shader = gl.createShader(kind);
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost()) {
    throw new Error(gl.getProgramInfoLog(program) || "the shaders do not link");
  }
  return program;
}
