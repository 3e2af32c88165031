// Redoc with our description.

const place = document.getElementById("reference");

// Redoc has its maker's logo fetched from its maker's host. Nothing is loaded from elsewhere: it is left out.
const image = window.HTMLImageElement.prototype;
const source = Object.getOwnPropertyDescriptor(image, "src");

function isElsewhere(address) {
  const { protocol, origin } = new URL(address, location.href);
  return protocol !== "data:" && origin !== location.origin;
}

Object.defineProperty(image, "src", {
  ...source,
  set(address) {
    if (!isElsewhere(address)) source.set.call(this, address);
  },
});
image.setAttribute = function setLocally(name, value) {
  if (name !== "src" || !isElsewhere(value)) window.Element.prototype.setAttribute.call(this, name, value);
};

window.Redoc.init(
  place.dataset.schema,
  { hideLoading: true, nativeScrollbars: true, requiredPropsFirst: true, expandResponses: "200,201", scrollYOffset: 0 },
  place,
);
