// Shows an API description with the vendored viewer. A file of its own, since the pages allow no inline script.
const place = document.getElementById("viewer");

window.SwaggerUIBundle({
  domNode: place,
  url: place.dataset.description,
  deepLinking: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  tryItOutEnabled: true,
  validatorUrl: null, // nothing leaves this origin
  syntaxHighlight: { activated: false },
  onComplete: () => place.setAttribute("aria-busy", "false"),
});
