// Files that are too large are told of before they are sent; the server's word
// on them stands.
const megabyte = 1 << 20;

function tell(input, text) {
  const id = `${input.id}-size`;
  let note = document.getElementById(id);
  if (!note && text) {
    note = document.createElement('p');
    note.className = 'error';
    note.id = id;
    note.setAttribute('role', 'alert');
    input.after(note);
  }
  if (note) note.textContent = text;
  input.setCustomValidity(text);
  input.toggleAttribute('aria-invalid', text !== '');
}

document.addEventListener('change', (event) => {
  const form = event.target.matches('input[type=file]') && event.target.form;
  if (!form || !form.dataset.fileMost) return;
  const { fileMost, filesMost, fileSays, filesSays } = form.dataset;
  const inputs = [...form.querySelectorAll('input[type=file]')];
  const sum = inputs.flatMap((input) => [...input.files]).reduce((all, file) => all + file.size, 0);
  const megabytes = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1, roundingMode: 'ceil' }).format(sum / megabyte);
  for (const input of inputs) {
    const large = [...input.files].find((file) => file.size > fileMost * megabyte);
    const over = input === event.target && sum > filesMost * megabyte;
    tell(input, large ? fileSays.replace('{name}', () => large.name) : over ? filesSays.replace('{sum}', megabytes) : '');
  }
});
