// wheel: who gets the turning wheel, the page or a picture on it. A picture that always took it would
// hold fast whoever only scrolls by; one that never did could not be zoomed with it.

const TURN_MS = 250; // what follows sooner belongs to the same turn of the wheel, or to its run-out
const HINT_MS = 1_600;
const onMac = () => /Mac|iPhone|iPad/.test(navigator.userAgentData?.platform ?? navigator.platform);

class Wheel {
  // `box`: the picture. `chosen()`: whether a person has turned to it, by a click or the keyboard.
  constructor(box, chosen) {
    Object.assign(this, { box, chosen, last: -Infinity, here: false });
    this.hint = element("div", "wheel_hint", wheelWords());
    this.hint.setAttribute("aria-hidden", "true"); // the keys zoom, and are described
    this.hint.hidden = true;
    this.begin = (event) => this.notice(event);
    addEventListener("wheel", this.begin, { capture: true, passive: true });
  }

  notice(event) {
    if (event.timeStamp - this.last > TURN_MS) this.here = event.composedPath().includes(this.box);
    this.last = event.timeStamp;
  }

  // Whether this event, on the picture, is the picture's. Ctrl is also what pinching a touchpad says.
  takes(event) {
    const mine = event.ctrlKey || event.metaKey || (this.here && this.chosen());
    if (mine) this.known = true;
    if (mine || this.known || !this.here) this.rest();
    else this.say();
    return mine;
  }

  // Said to whoever has not yet found out.
  say() {
    this.hint.hidden = false;
    clearTimeout(this.resting);
    this.resting = setTimeout(() => this.rest(), HINT_MS);
  }

  rest() {
    this.hint.hidden = true;
  }

  stop() {
    removeEventListener("wheel", this.begin, { capture: true });
    clearTimeout(this.resting);
  }
}

const wheelWords = () => `To zoom with the wheel, click here first or hold ${onMac() ? "⌘" : "Ctrl"}`;
