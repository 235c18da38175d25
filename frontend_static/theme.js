// Runs before anything is drawn, so that the page never flashes in the wrong theme.
(() => {
  let theme = null;
  try {
    theme = JSON.parse(localStorage.getItem("moonreel.theme"));
  } catch {
    // Storage is blocked or holds nonsense: the system's own theme is used.
  }
  if (theme === "dark" || theme === "light") document.documentElement.dataset.theme = theme;
})();
