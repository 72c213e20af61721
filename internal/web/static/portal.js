// What the customer's pages do beyond htmx. All of it is a help: the pages
// work without.

// A page in the background asks for nothing.
document.addEventListener('htmx:beforeRequest', (event) => {
  if (document.hidden && event.target.id === 'status') event.preventDefault();
});

// Where one stands is fetched anew after each answer: the question just
// answered stays where it is on the screen.
let answered = null;

document.addEventListener('htmx:beforeSwap', (event) => {
  const at = document.activeElement;
  answered = event.target.id === 'stand' && at && at.id && event.target.contains(at) ? { id: at.id, top: at.getBoundingClientRect().top } : null;
});

document.addEventListener('htmx:afterSwap', () => {
  const at = answered && document.getElementById(answered.id);
  if (at) scrollBy({ top: at.getBoundingClientRect().top - answered.top, behavior: 'instant' });
  answered = null;
});

// The photos and papers that were chosen, before they are sent.
const small = 1200000;

function chosen(input) {
  let list = input.parentElement.querySelector('.chosen');
  if (!list) {
    list = document.createElement('ul');
    list.className = 'chosen';
    input.after(list);
  }
  list.replaceChildren(...Array.from(input.files, (file) => {
    const item = document.createElement('li');
    const picture = document.createElement('canvas');
    picture.width = 0;
    picture.height = 0;
    item.append(picture, file.name + ', ' + new Intl.NumberFormat(document.documentElement.lang, { style: 'unit', unit: file.size > small ? 'megabyte' : 'kilobyte', maximumFractionDigits: file.size > small ? 1 : 0 }).format(file.size / (file.size > small ? 1e6 : 1e3)));
    if (file.type.startsWith('image/') && window.createImageBitmap) {
      createImageBitmap(file, { resizeWidth: 96, resizeQuality: 'low' }).then((bitmap) => {
        picture.width = bitmap.width;
        picture.height = bitmap.height;
        picture.getContext('2d').drawImage(bitmap, 0, 0);
      }, () => {});
    }
    return item;
  }));
}

document.addEventListener('change', (event) => {
  if (event.target.matches('input[type=file]')) chosen(event.target);
});

// What folds on a phone is open elsewhere: screen readers hear it so, and a
// browser whose styles can't tell shows it. A clause that a link leads to is
// unfolded.
const folds = document.querySelectorAll('details.by-width');

if (folds.length) {
  const wide = matchMedia('(min-width: 48rem)');
  const unfold = () => folds.forEach((fold) => { fold.open = true; });
  if (wide.matches) unfold();
  wide.addEventListener('change', () => wide.matches && unfold());
  addEventListener('beforeprint', unfold);

  const reveal = () => {
    const target = document.querySelector(':target');
    const fold = target && target.closest('details.by-width');
    if (!fold || fold.open) return;
    fold.open = true;
    target.scrollIntoView();
  };
  addEventListener('hashchange', reveal);
  addEventListener('load', reveal);
}
