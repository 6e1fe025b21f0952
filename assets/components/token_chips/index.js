// token_chips: the tokens of one text as chips; Python builds the payload (token_chips.py).
// The view holds what a person is doing (focus, scroll, a selection not yet sent); everything else
// is drawn from `data`, and drawn again only where it changed. User text is textContent, never HTML.

const SEND_AFTER_MS = 150;
const CHOICES = [
  ["all", (state) => state !== "cut"],
  ["none", () => false],
  ["words only", (state) => state === "read"],
];

export default (component) => render(TokenChips, "token_chips", component);

class TokenChips {
  constructor(root) {
    this.root = root;
    this.chosen = new Set();
    [this.focused, this.anchor, this.hovered] = [0, 0, null];
    this.source = new Source();
    this.detail = element("div", "detail");
    this.list = element("div", "chips");
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-orientation", "horizontal");
    this.more = element("div", "more");
    const bar = element("div", "bar");
    bar.append(this.detail, this.toolbar());
    this.root.replaceChildren(this.source.box, bar, this.list, this.more);
    this.listen();
  }

  toolbar() {
    this.actions = element("div", "actions");
    this.actions.setAttribute("role", "group");
    this.actions.setAttribute("aria-label", "Choose tokens");
    this.tally = element("span", "tally");
    this.tally.setAttribute("aria-live", "polite");
    this.actions.append(this.tally);
    for (const [label, rule] of CHOICES) {
      const button = element("button", "", label);
      button.type = "button";
      button.onclick = () => this.choose(this.readable().filter((n) => rule(this.states[n])));
      this.actions.append(button);
    }
    return this.actions;
  }

  listen() {
    const numberAt = (event) => {
      const chip = event.target.closest?.(".chip");
      return chip ? Number(chip.dataset.number) : null;
    };
    const on = (type, action) => this.list.addEventListener(type, action);
    on("pointerover", (event) => this.hover(numberAt(event) ?? this.hovered));
    on("pointerleave", () => this.hover(null));
    on("focusin", (event) => this.focusOn(numberAt(event) ?? this.focused));
    on("focusout", () => this.describe());
    on("keydown", (event) => this.key(event));
    on("click", (event) => this.click(numberAt(event), event.shiftKey));
    on("dblclick", (event) => this.toggleWord(numberAt(event)));
  }

  dispose() {
    clearTimeout(this.timer);
    this.source.dispose();
  }

  show(data) {
    const before = this.data;
    this.data = data;
    const sameText = before?.text_id === data.text_id;
    if (!sameText || before.epoch !== data.epoch) {
      clearTimeout(this.timer);
      this.chosen = new Set(data.chosen);
    }
    if (before?.view !== data.view) this.draw(sameText);
    this.list.setAttribute("aria-multiselectable", String(data.selectable));
    this.list.setAttribute("aria-label", data.selectable ? "Tokens to choose from" : "Tokens");
    this.list.classList.toggle("selectable", data.selectable);
    this.actions.hidden = !data.selectable;
    this.mark();
    this.describe();
  }

  draw(sameText) {
    const hadFocus = this.list.contains(this.root.getRootNode().activeElement);
    const scrolled = sameText ? [this.list.scrollTop, this.source.box.scrollTop] : [0, 0];
    if (!sameText) this.focused = this.anchor = 0;
    this.hovered = null;
    this.source.show(this.data);
    const { chips, parts } = chipsOf(this.data);
    this.chips = chips;
    this.list.dir = this.source.direction;
    this.list.replaceChildren(...parts);
    [this.list.scrollTop, this.source.box.scrollTop] = scrolled;
    this.focused = Math.min(this.focused, Math.max(0, chips.length - 1));
    chips.forEach((chip, n) => (chip.tabIndex = n === this.focused ? 0 : -1));
    if (hadFocus) chips[this.focused]?.focus({ preventScroll: true });
    const { tokens, not_drawn } = this.data;
    this.states = [...tokens.map((token) => token.state), ...not_drawn];
    this.more.hidden = not_drawn.length === 0;
    this.more.textContent = `${count(not_drawn.length, "more token")} not drawn`;
  }

  token(number) {
    return this.data.tokens[number];
  }

  readable() {
    return [...this.states.keys()].filter((n) => this.states[n] !== "cut");
  }

  choose(numbers) {
    this.chosen = new Set(numbers);
    this.mark();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      const { text_id, epoch } = this.data;
      this.send("selection", { text_id, epoch, chosen: this.sorted() });
    }, SEND_AFTER_MS);
  }

  sorted() {
    return [...this.chosen].sort((a, b) => a - b);
  }

  set(numbers, wanted) {
    const readable = numbers.filter((n) => this.states[n] !== "cut");
    if (!readable.length) return;
    const next = new Set(this.chosen);
    for (const n of readable) wanted ? next.add(n) : next.delete(n);
    this.choose(next);
  }

  click(number, extend) {
    if (number === null || !this.data.selectable) return;
    const wanted = !this.chosen.has(number);
    const first = extend ? Math.min(this.anchor, number) : number;
    const last = extend ? Math.max(this.anchor, number) : number;
    if (!extend) this.anchor = number;
    this.set(Array.from({ length: last - first + 1 }, (_, step) => first + step), wanted);
  }

  toggleWord(number) {
    if (number === null || !this.data.selectable) return;
    const { word } = this.token(number);
    const same = word < 0 ? [number] : this.readable().filter((n) => this.token(n)?.word === word);
    this.set(same, !same.every((n) => this.chosen.has(n)));
  }

  mark() {
    this.chips.forEach((chip, n) => {
      chip.classList.toggle("chosen", this.chosen.has(n));
      chip.setAttribute("aria-selected", String(this.chosen.has(n)));
    });
    this.tally.textContent = `${this.chosen.size} of ${this.readable().length} chosen`;
  }

  key(event) {
    const ahead = this.list.dir === "rtl" ? -1 : 1;
    const moves = {
      ArrowLeft: () => this.focused - ahead,
      ArrowRight: () => this.focused + ahead,
      ArrowUp: () => this.neighbour(-1),
      ArrowDown: () => this.neighbour(1),
      Home: () => 0,
      End: () => this.chips.length - 1,
    };
    const { selectable } = this.data;
    if (event.altKey) return;
    if (event.ctrlKey || event.metaKey) {
      if (event.key.toLowerCase() !== "a" || !selectable) return;
      this.choose(this.readable());
    } else if (event.key in moves) {
      const target = Math.max(0, Math.min(this.chips.length - 1, moves[event.key]()));
      this.chips[target].focus();
      if (event.shiftKey && selectable) this.set([target], true);
    } else if (event.key === " ") this.click(this.focused, event.shiftKey);
    else if (event.key === "Enter") this.toggleWord(this.focused);
    else if (event.key === "Escape" && this.chosen.size && selectable) this.choose([]);
    else return; // Escape with nothing chosen closes a dialog, as everywhere
    event.preventDefault();
    event.stopPropagation();
  }

  // The chip nearest above (-1) or below (1) the focused one, by where chips stand on the screen.
  neighbour(direction) {
    const here = this.chips[this.focused].getBoundingClientRect();
    const middle = ({ left, right }) => (left + right) / 2;
    let [best, line, nearest] = [this.focused, null, Infinity];
    for (let n = this.focused + direction; this.chips[n]; n += direction) {
      const box = this.chips[n].getBoundingClientRect();
      if (direction * (box.top - here.top) < here.height / 2) continue;
      line ??= box.top;
      if (Math.abs(box.top - line) > here.height / 2) break;
      const distance = Math.abs(middle(box) - middle(here));
      if (distance < nearest) [best, nearest] = [n, distance];
    }
    return best;
  }

  hover(number) {
    if (number === this.hovered) return;
    this.hovered = number;
    this.describe();
  }

  focusOn(number) {
    this.chips[this.focused].tabIndex = -1;
    this.focused = number;
    this.chips[number].tabIndex = 0;
    this.describe();
  }

  describe() {
    const number = this.hovered ?? (this.list.matches(":focus-within") ? this.focused : null);
    const token = number === null ? undefined : this.token(number);
    this.detail.replaceChildren(...(token ? described(token, number) : summaryOf(this.data)));
    this.source.light(...(token?.at ?? [0, 0]));
  }
}
