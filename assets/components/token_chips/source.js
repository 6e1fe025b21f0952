// The text that the tokens came from: drawn as text, with the characters of one token lit up.

class Source {
  constructor() {
    this.box = element("div", "source");
    this.box.setAttribute("role", "region");
    this.box.setAttribute("aria-label", "Text");
    this.glow = element("div", "glow");
    this.glow.setAttribute("aria-hidden", "true");
    this.letters = element("div", "letters");
    this.letters.dir = "auto";
    this.box.append(this.glow, this.letters);
    this.lit = [0, 0];
    this.resized = new ResizeObserver(() => this.light(...this.lit, false));
    this.resized.observe(this.letters);
  }

  dispose() {
    this.resized.disconnect();
  }

  get direction() {
    return getComputedStyle(this.letters).direction;
  }

  show({ read, unread, n_hidden }) {
    this.pieces = [];
    this.length = 0;
    this.letters.replaceChildren();
    this.fill(this.letters, read);
    if (unread.length) {
      const rest = element("span", "unread");
      rest.title = "Cut: the model does not read this";
      this.fill(rest, unread);
      this.letters.append(rest);
    }
    if (n_hidden) {
      const note = ` … ${count(n_hidden, "more character")}, not drawn`;
      this.letters.append(element("span", "hidden", note));
    }
  }

  fill(parent, runs) {
    for (const run of runs) {
      const node = drawn(run);
      const from = this.length;
      this.length += typeof run === "string" ? run.length : run[3];
      this.pieces.push({ from, to: this.length, node });
      parent.append(node);
      if (run[1] === "↵") parent.append("\n");
    }
  }

  // Light UTF-16 units `from` to `to`; nothing where they are equal.
  light(from, to, scroll = true) {
    this.lit = [from, to];
    const boxes = to > from ? this.boxes(from, to) : [];
    this.glow.replaceChildren(...boxes);
    if (scroll && boxes.length) this.scrollTo(boxes[0]);
  }

  // Scrolls this box only; scrollIntoView would move the page.
  scrollTo(box) {
    const top = this.glow.offsetTop + box.offsetTop;
    const { scrollTop, clientHeight } = this.box;
    const seen = top >= scrollTop && top + box.offsetHeight <= scrollTop + clientHeight;
    if (!seen) this.box.scrollTop = top - (clientHeight - box.offsetHeight) / 2;
  }

  boxes(from, to) {
    const touched = this.pieces.filter((piece) => piece.from < to && piece.to > from);
    if (!touched.length) return [];
    const [first, last] = [touched[0], touched[touched.length - 1]];
    const isText = ({ node }) => node.nodeType === Node.TEXT_NODE;
    const range = document.createRange();
    if (isText(first)) range.setStart(first.node, Math.max(0, from - first.from));
    else range.setStartBefore(first.node);
    if (isText(last)) range.setEnd(last.node, Math.min(last.to, to) - last.from);
    else range.setEndAfter(last.node);
    const frame = this.glow.getBoundingClientRect();
    return [...range.getClientRects()].map((rect) => {
      const box = element("span", "lit");
      box.style.left = `${rect.left - frame.left}px`;
      box.style.top = `${rect.top - frame.top}px`;
      box.style.width = `${rect.width}px`;
      box.style.height = `${rect.height}px`;
      return box;
    });
  }
}
