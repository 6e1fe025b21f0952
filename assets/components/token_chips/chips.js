// Chips: what one token looks like and what there is to say about it.

// Builds the chips of a text; chips of one word share a box, and words alternate.
function chipsOf({ tokens, n_lost, n_unlisted }) {
  const parts = [];
  let [box, word, parity, cut] = [null, null, 0, false];
  const chips = tokens.map((token, number) => {
    const isCut = token.state === "cut";
    if (isCut && !cut) parts.push(divider(n_lost));
    if (token.word < 0 || token.word !== word || isCut !== cut) {
      parity = token.word < 0 ? parity : 1 - parity;
      box = element("span", token.word < 0 ? "word" : `word ${parity ? "odd" : "even"}`);
      box.setAttribute("role", "none");
      parts.push(box);
    }
    [word, cut] = [token.word, isCut];
    const chip = chipOf(token, number);
    box.append(chip);
    return chip;
  });
  if (n_unlisted && !cut) parts.push(divider(n_lost));
  return { chips, parts };
}

function chipOf(token, number) {
  const chip = element("span", `chip ${token.state}${token.unknown ? " unknown" : ""}`);
  chip.setAttribute("role", "option");
  chip.setAttribute("aria-label", [plain(token.runs), ...factsOf(token, number)].join(", "));
  chip.dataset.number = number;
  const piece = element("span", "piece");
  piece.dir = "auto";
  piece.append(...token.runs.map(drawn));
  chip.append(piece);
  if (token.unknown?.length) {
    const lost = element("bdi", "lost"); // the letters that the vocabulary does not have
    lost.append(...token.unknown.map(drawn));
    chip.append(lost);
  }
  return chip;
}

function divider(n_lost) {
  const made = element("div", "divider");
  made.setAttribute("role", "none");
  made.append(element("span", "", `cut here: ${count(n_lost, "token")} not read`));
  return made;
}

// What there is to say about a token, in words.
function factsOf(token, number) {
  const [from, to] = token.span;
  const said = [`token ${number}`, `id ${token.id}`];
  if (token.word >= 0) said.push(`word ${token.word}`);
  if (to > from) said.push(`characters ${from}-${to}`);
  if (token.unknown) said.push("unknown to the model");
  return [...said, token.state === "cut" ? "cut, not read" : token.state];
}

function described(token, number) {
  const piece = element("bdi", "name");
  piece.append(...token.runs.map(drawn));
  const parts = [piece];
  if (token.text) {
    const quoted = element("span", "slice", "“");
    const slice = element("bdi");
    slice.append(...token.text.map(drawn));
    quoted.append(slice, "”");
    parts.push(quoted);
  }
  return [...parts, ...factsOf(token, number).map((fact) => element("span", "fact", fact))];
}

// What the detail line says while no token is pointed at: counts, with the patterns they have.
function summaryOf({ tokens, not_drawn, n_special, n_unknown, n_lost, selectable }) {
  const parts = [element("span", "fact", count(tokens.length + not_drawn.length, "token"))];
  for (const [n, kind] of [[n_special, "special"], [n_unknown, "unknown"], [n_lost, "cut"]]) {
    if (!n) continue;
    const part = element("span", "fact");
    part.append(element("span", `swatch ${kind}`, kind === "unknown" ? "?" : ""), `${n.toLocaleString("en")} ${kind}`);
    parts.push(part);
  }
  const hint = selectable
    ? "Click a token, double-click a word, Shift and click a range."
    : "Point at a token to read it.";
  return [...parts, element("span", "fact hint", hint)];
}
