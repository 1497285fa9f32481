// Runs once per page, when the document is ready.

// Choices live in the address: Back and Forward show the page that the address says.
window.addEventListener("popstate", () => window.location.reload())

// 2026-11: a select of panel-material-ui 0.16 opens by the mouse alone: the keys that open a list do what a click does.
const OPENING = {keydown: ["Enter", "ArrowDown", "ArrowUp"], keyup: [" "]} // Space let go would choose from the new list
for (const [stroke, keys] of Object.entries(OPENING)) {
  document.addEventListener(stroke, (event) => {
    const pressed = event.composedPath()[0]
    if (keys.includes(event.key) && pressed.matches?.(".MuiSelect-select[role=combobox]")) {
      event.preventDefault()
      pressed.click()
    }
  }, true)
}

// What the libraries' markup leaves out for screen readers: a role for the tooltip icons of the controls, a name for the
// progress bar, and the rows' group of a table.
const everywhere = function* (root) {
  for (const element of root.querySelectorAll("*")) {
    yield element
    if (element.shadowRoot) yield* everywhere(element.shadowRoot)
  }
}
const name_roles = () => {
  for (const element of everywhere(document)) {
    if (element.tagName === "SPAN" && element.hasAttribute("aria-label") && !element.hasAttribute("role")) {
      element.setAttribute("role", "img")
    } else if (element.getAttribute("role") === "progressbar" && !element.hasAttribute("aria-label")) {
      element.setAttribute("aria-label", "Working")
    } else if (element.classList.contains("tabulator-tableholder")) {
      element.setAttribute("role", "rowgroup")
      element.querySelector(".tabulator-table")?.setAttribute("role", "none")
    } else if (element.classList.contains("tabulator-footer")) {
      element.setAttribute("role", "rowgroup")
      element.querySelector(".tabulator-footer-contents")?.setAttribute("role", "row")
      element.querySelector(".tabulator-paginator")?.setAttribute("role", "gridcell")
    }
  }
}

// Escape clears the selection, unless it closes something that is open or leaves a field.
document.addEventListener("keydown", (event) => {
  const pressed = event.composedPath()[0]
  if (event.key !== "Escape" || event.defaultPrevented || pressed.matches?.("input, textarea, [role=listbox] *, [role=dialog] *")) return
  for (const element of everywhere(document)) {
    if (element.classList.contains("segdash-clear")) element.shadowRoot?.querySelector("button:enabled")?.click()
  }
})

let due = null
const soon = () => {
  clearTimeout(due)
  due = setTimeout(name_roles, 500)
}
// Widgets appear when the drawer opens or another table is shown: always after something was pressed.
for (const event of ["click", "keyup"]) document.addEventListener(event, soon, true)
soon()
setTimeout(name_roles, 2500)
