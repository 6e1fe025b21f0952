// tip: what is pointed at, in words: the text first, then numbers. Never HTML.

class Tip {
  constructor() {
    this.box = element("div", "tip");
    this.box.setAttribute("aria-hidden", "true"); // the live line says the same to who cannot see
    this.box.hidden = true;
  }

  hide() {
    this.box.hidden = true;
  }

  // Beside the place, inside the stage: on the other side where there is no room.
  show(parts, [x, y], { width, height }) {
    this.box.replaceChildren(...parts);
    this.box.hidden = false;
    const [w, h] = [this.box.offsetWidth, this.box.offsetHeight];
    const left = x + 16 + w < width ? x + 16 : x - 16 - w;
    const top = y + 12 + h < height ? y + 12 : y - 12 - h;
    this.box.style.left = `${Math.max(4, Math.min(width - w - 4, left))}px`;
    this.box.style.top = `${Math.max(4, Math.min(height - h - 4, top))}px`;
  }
}

// What there is to say about a row.
function describedRow(cloud, colourings, row) {
  const facts = element("div", "facts");
  facts.append(element("span", "fact", `text ${cloud.ids[row].toLocaleString("en")}`));
  for (const colouring of colourings) {
    const words = colouring.words(row);
    if (words === null) continue;
    const fact = element("span", "fact", `${colouring.name}: `);
    fact.append(element("bdi", "amount", words));
    facts.append(fact);
  }
  const text = cloud.text(row);
  if (text === null)
    facts.append(element("span", "fact", "its text was left out to keep the picture small"));
  if (cloud.isCut(row)) facts.append(element("span", "fact", "only the beginning is shown"));
  return [wordsOf(text ?? ""), facts];
}

function describedStar({ text, note }) {
  const facts = element("div", "facts");
  if (note) facts.append(element("span", "fact", note));
  return [wordsOf(text), facts];
}

function wordsOf(text) {
  const words = element("div", "words");
  words.dir = "auto";
  words.append(...runsOf(text).map(drawn));
  return words;
}

// The same in one line, for a screen reader.
const spoken = (parts) => parts.map((part) => part.textContent).join(". ");
