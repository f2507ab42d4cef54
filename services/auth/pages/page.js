
const said = new URLSearchParams(location.hash.slice(1));
const form = document.querySelector('form');
const note = document.querySelector('#note');
for (const name of ['email', 'code']) {
  const field = form.elements[name];
  field.value = said.get(name) || '';
  field.required = true;
  field.closest('label').hidden = Boolean(field.value);
}
history.replaceState(null, '', location.pathname); // the code is in no history

const tell = (text, refused) => {
  note.textContent = text;
  note.className = refused ? 'refused' : '';
};

form.onsubmit = async (event) => {
  event.preventDefault();
  const button = form.querySelector('button');
  button.disabled = true;
  tell('');
  try {
    const answer = await fetch(form.dataset.path, {
      method: 'POST',
      headers: {'content-type': 'application/json'},
      body: JSON.stringify(Object.fromEntries(new FormData(form))),
    });
    if (answer.ok) {
      form.hidden = true;
      tell(form.dataset.done);
    } else {
      const problem = await answer.json();
      const [first] = problem.errors || [];
      tell(problem.detail || (first && `${first.field}: ${first.message}`) || problem.title, true);
    }
  } catch {
    tell('That did not get through. Try again in a moment.', true);
  }
  button.disabled = false;
};
