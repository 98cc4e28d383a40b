// Everything works without this: it folds the menu on a phone, focuses the list of errors and
// stops a double tap. The page names GOV.UK Frontend's address, which changes with its content.
const { initAll } = await import(document.body.dataset.frontend);
initAll();
