// kept_text: keeps what a person typed in this tab of the browser, so that a reload does not lose
// it. It lies in the browser's session storage and ends with the tab: the server keeps nothing.

export default ({ data, setTriggerValue }) => {
  const place = `embedding_explorer.${data.name}`;
  try {
    if (data.text) sessionStorage.setItem(place, data.text);
    else if (!data.ask) sessionStorage.removeItem(place);
    else {
      const text = sessionStorage.getItem(place);
      if (text) setTriggerValue("found", text);
    }
  } catch {
    // A browser that keeps nothing (private windows, a full storage): a reload loses the text.
  }
};
