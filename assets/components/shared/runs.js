// runs: which of Streamlit's calls of a component's default export count. Each change of the data
// imports the script anew, and while it is still loading the browser finishes these imports in any
// order: an outdated call may come last. Streamlit ends an outdated call before the next turn of
// the event loop, so that what still stands in the next turn is what counts.

function inTurn(act) {
  let clean;
  const turn = setTimeout(() => (clean = act()));
  return () => {
    clearTimeout(turn);
    clean?.();
  };
}
