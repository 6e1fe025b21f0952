// Controls: the buttons and the scale above and below the pictures.

function button(words, title, action) {
  const made = element("button", "", words);
  made.type = "button";
  made.title = title;
  if (words.length === 1) made.setAttribute("aria-label", title);
  made.onclick = action;
  return made;
}

// Buttons of which one is on: choices [[value, label, title], ...].
class Choice {
  constructor(name, choices, change) {
    this.box = element("div", "choice");
    this.box.setAttribute("role", "group");
    this.box.setAttribute("aria-label", name);
    this.buttons = new Map(
      choices.map(([value, words, title]) => [value, button(words, title, () => change(value))]),
    );
    this.box.append(...this.buttons.values());
  }

  set(value) {
    for (const [name, made] of this.buttons) made.setAttribute("aria-pressed", String(name === value));
  }
}

class Menu {
  constructor(name, change) {
    this.box = element("label", "menu", name);
    this.list = element("select");
    this.list.onchange = () => change(this.list.value);
    this.box.append(this.list);
  }

  // choices [[value, label], ...]
  set(choices, value) {
    const names = choices.map((choice) => choice.join("\t")).join("\n");
    if (names !== this.names) {
      this.names = names;
      this.list.replaceChildren(...choices.map(([name, words]) => new Option(words, name)));
    }
    this.list.value = value;
  }
}

// The colour scale with its numbers.
class Legend {
  constructor() {
    this.box = element("div", "legend");
    this.bar = element("div", "bar");
    this.low = element("span", "", "0");
    this.high = element("span");
    this.box.append(this.low, this.bar, this.high);
  }

  set(inks, high) {
    this.bar.style.background = `linear-gradient(to right, ${inks.ramp.filter((_, n) => n % 15 === 0).join(", ")})`;
    this.high.textContent = high;
  }
}
