// marks: text as runs that cannot mislead: invisible characters become labels (marks.py, which has
// their names; here the code says it). Texts come by the ten thousand, so this is done on hovering.

const PICTURE =
  "[\\u2190-\\u2bff\\u3030\\u303d\\u3297\\u3299\\u{1f000}-\\u{1faff}]\\ufe0f?[\\u{1f3fb}-\\u{1f3ff}]?";
const WHOLE = new RegExp(
  `${PICTURE}(?:\\u200d${PICTURE})+|\\u{1f3f4}[\\u{e0020}-\\u{e007e}]+\\u{e007f}|\\r\\n|.`,
  "gsu",
);
const UNSEEN =
  /^(?![\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0]$/u;
const SPACES = {
  "\t": ["⇥", "tab"],
  "\n": ["↵", "line break"],
  "\r": ["↵", "line break"],
  "\r\n": ["↵", "line break"],
};

function runsOf(text) {
  const runs = [];
  let letters = "";
  for (const [unit] of text.matchAll(WHOLE)) {
    const mark = markOf(unit);
    if (!mark) {
      letters += unit;
      continue;
    }
    if (letters) runs.push(letters);
    letters = "";
    runs.push(mark);
  }
  return letters ? [...runs, letters] : runs;
}

function markOf(unit) {
  if (SPACES[unit]) return ["space", ...SPACES[unit], unit.length];
  if (!UNSEEN.test(unit)) return null;
  const code = unit.codePointAt(0).toString(16).toUpperCase().padStart(4, "0");
  return ["unseen", `U+${code}`, "invisible character", unit.length];
}
