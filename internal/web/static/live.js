// Parts of a page that are fetched anew as one goes on. Both the customer's
// pages and the desk's have them.

// To press on something ends the field before it, and what the server says of
// that field makes the page longer: a button would move from under the finger
// and not be pressed. What is to be fetched waits until the press is over.
// Where a browser does not tell of its end (over its own lists and calendars),
// the wait ends by itself.
const longest = 1500; // milliseconds

let press = 0; // the timer of a press that goes on
let waiting = [];

function released() {
  clearTimeout(press);
  press = 0;
  const ready = waiting;
  waiting = [];
  for (const fetchIt of ready) fetchIt();
}

addEventListener('pointerdown', () => {
  clearTimeout(press);
  press = setTimeout(released, longest);
}, true);

addEventListener('click', released, true);
for (const end of ['pointerup', 'pointercancel']) addEventListener(end, () => setTimeout(released), true); // no click may follow

document.addEventListener('htmx:confirm', (event) => {
  if (!press) return;
  event.preventDefault();
  waiting.push(() => event.detail.issueRequest());
});
