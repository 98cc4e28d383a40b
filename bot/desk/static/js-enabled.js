// GOV.UK Frontend's components wake up only under these classes. In a file of its own, because our
// headers forbid scripts in the page.
document.body.className +=
  " js-enabled" + ("noModule" in HTMLScriptElement.prototype ? " govuk-frontend-supported" : "");
