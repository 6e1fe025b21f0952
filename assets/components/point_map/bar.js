// bar: the controls above the map and the frames below it.

const ICONS = {
  pan: "M8 1v14M1 8h14M8 1 6 3M8 1l2 2M8 15l-2-2M8 15l2-2M1 8l2-2M1 8l2 2M15 8l-2-2M15 8l-2 2",
  lasso:
    "M8 2.5c4 0 6.5 1.8 6.5 4.2S12 11 8 11 1.5 9.1 1.5 6.7 4 2.5 8 2.5M4.2 10c-1 .8-1 2.3.3 2.6 1.6.4 2 1.2 1.3 2.4",
  box: "M2.5 3.5h11v9h-11z",
  closer: "M8 3v10M3 8h10",
  farther: "M3 8h10",
  fit: "M2 6V2h4M10 2h4v4M14 10v4h-4M6 14H2v-4",
  full: "M9.5 6.5 14 2M10 2h4v4M6.5 9.5 2 14M6 14H2v-4",
  play: "M4 2.5 13 8 4 13.5z",
  pause: "M5 3v10M11 3v10",
  back: "M10 3 5 8l5 5",
  on: "M6 3l5 5-5 5",
};
const MODES = [
  ["pan", "Move the map", "Drag moves. Shift and drag selects."],
  ["lasso", "Lasso", "Drag round points. Shift adds, Alt or Ctrl takes away."],
  ["box", "Box", "Drag over points. Shift adds, Alt or Ctrl takes away."],
];

function iconButton(icon, label, hint = label) {
  const button = element("button", "icon");
  button.type = "button";
  button.title = hint;
  button.setAttribute("aria-label", label);
  setIcon(button, icon);
  return button;
}

function setIcon(button, icon) {
  const path = svg("path", {
    d: ICONS[icon],
    fill: "none",
    stroke: "currentColor",
    "stroke-width": 1.6,
    "stroke-linecap": "round",
    "stroke-linejoin": "round",
  });
  button.replaceChildren(svg("svg", { viewBox: "0 0 16 16", "aria-hidden": "true" }, path));
}

class Bar {
  // `act`: { mode, zoom, fit, colour, png, svg, full }
  constructor(act) {
    this.box = element("div", "bar");
    const modes = group("What dragging does");
    this.modes = MODES.map(([mode, label, hint]) => {
      const button = iconButton(mode, label, `${label}. ${hint}`);
      button.dataset.mode = mode;
      button.onclick = () => act.mode(mode);
      modes.append(button);
      return button;
    });
    const zoom = group("Zoom");
    for (const [icon, label, action] of [
      ["closer", "Closer", () => act.zoom(1.6)],
      ["farther", "Farther", () => act.zoom(1 / 1.6)],
      ["fit", "Whole map", () => act.fit()],
    ]) {
      const button = iconButton(icon, label);
      button.onclick = action;
      zoom.append(button);
    }
    this.chooser = element("select", "chooser");
    this.chooser.setAttribute("aria-label", "Colour by");
    this.chooser.onchange = () => act.colour(this.chooser.value);
    const colour = element("label", "by");
    colour.append(element("span", "by_words", "Colour by"), this.chooser);
    this.box.append(modes, zoom, colour, element("span", "gap"), this.fills(act), this.saves(act));
  }

  fills(act) {
    this.full = group("Size");
    const button = iconButton("full", "Full screen", "Full screen, and back (F)");
    button.onclick = act.full;
    this.full.append(button);
    return this.full;
  }

  saves(act) {
    const box = group("Save the picture");
    for (const [name, action] of [
      ["PNG", act.png],
      ["SVG", act.svg],
    ]) {
      const button = element("button", "save", name);
      button.type = "button";
      button.title = `Save the picture as ${name}`;
      button.onclick = action;
      box.append(button);
    }
    return box;
  }

  show(mode, colourings, chosen) {
    for (const button of this.modes) {
      button.setAttribute("aria-pressed", String(button.dataset.mode === mode));
    }
    const names = colourings.map(({ name }) => name);
    if (names.join("\n") !== this.names) {
      this.names = names.join("\n");
      this.chooser.replaceChildren(
        ...names.map((name) => {
          const option = element("option", "", name);
          option.value = name;
          return option;
        }),
      );
    }
    this.chooser.value = chosen.name;
    this.chooser.parentElement.hidden = names.length < 2;
  }
}

function group(label) {
  const box = element("div", "group");
  box.setAttribute("role", "group");
  box.setAttribute("aria-label", label);
  return box;
}

class Frames {
  // `act`: { go(frame), play() }
  constructor(act) {
    this.box = element("div", "frames");
    this.button = iconButton("play", "Play");
    this.button.onclick = () => act.play();
    this.slider = element("input", "slider");
    Object.assign(this.slider, { type: "range", min: 0, step: 1 });
    this.slider.oninput = () => act.go(Number(this.slider.value));
    this.name = element("bdi", "name");
    const back = iconButton("back", "Back");
    back.onclick = () => act.go(Number(this.slider.value) - 1);
    const on = iconButton("on", "Next");
    on.onclick = () => act.go(Number(this.slider.value) + 1);
    this.box.append(this.button, back, this.slider, on, this.name);
  }

  show(frame, names, playing) {
    this.box.hidden = names.length < 2;
    this.slider.max = names.length - 1;
    this.slider.value = frame;
    this.slider.setAttribute("aria-label", "Frame");
    this.slider.setAttribute("aria-valuetext", names[frame]);
    const place = `${frame + 1} of ${names.length}`;
    this.name.textContent = names[frame] === place ? place : `${names[frame]} (${place})`;
    setIcon(this.button, playing ? "pause" : "play");
    this.button.setAttribute("aria-label", playing ? "Stop" : "Play");
  }
}
