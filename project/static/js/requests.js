// What happens around htmx's requests: a failure is told in words, and a session that ended leads to the login.

const place = document.getElementById("messages");
const words = document.getElementById("request-failed");

function tell() {
  if (place.querySelector("[data-request-failed]")) return;
  const alert = words.content.firstElementChild.cloneNode(true);
  alert.dataset.requestFailed = "";
  place.append(alert);
}

document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful) place.querySelector("[data-request-failed]")?.remove();
});
document.addEventListener("htmx:responseError", tell);
document.addEventListener("htmx:sendError", tell);

// An answer that is the login page came by a redirect: go there instead of putting it into the page.
document.addEventListener("htmx:beforeSwap", (event) => {
  const landed = event.detail.xhr.responseURL;
  if (landed && new URL(landed).pathname.startsWith("/accounts/")) {
    event.detail.shouldSwap = false;
    location.reload();
  }
});
