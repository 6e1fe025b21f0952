// alone: shows a component in a saved page, without Streamlit and without a network. The page holds
// the payload as base64 in the element "payload" and has an element "component".

function showAlone(View, name) {
  const host = document.getElementById("component").attachShadow({ mode: "open" });
  const style = element("style", "", document.getElementById("style").textContent);
  host.append(style, element("div", name));
  const letters = atob(document.getElementById("payload").textContent.trim());
  const data = new Uint8Array(letters.length);
  for (let i = 0; i < letters.length; i++) data[i] = letters.charCodeAt(i);
  const show = () => render(View, name, { data, parentElement: host });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", show);
  show();
}
