// Swagger UI with our description. Keys stay in this page's memory: nothing of them is kept in the browser.

const place = document.getElementById("workbench");

function sendAsThisPerson(request) {
  const isOurs = new URL(request.url, location.href).origin === location.origin;
  if (isOurs && !["GET", "HEAD"].includes(request.method ?? "GET")) request.headers["X-CSRFToken"] = place.dataset.csrf;
  return request;
}

window.SwaggerUIBundle({
  url: place.dataset.schema,
  domNode: place,
  presets: [window.SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
  deepLinking: true,
  filter: true,
  displayRequestDuration: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  persistAuthorization: false,
  requestSnippetsEnabled: true,
  validatorUrl: null,
  requestInterceptor: sendAsThisPerson,
});
