/* Runs before anything is drawn, so that a dark page never flashes light. It is no module: those come too late. */
(() => {
  try {
    const chosen = localStorage.getItem("mynah-theme");
    if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
  } catch {
    // Without storage the page is as the system is.
  }
})();
