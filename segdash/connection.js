// What the page does and says when its connection to the server breaks.

const WAITS = [200, 1000, 2000, 4000, 8000] // the server keeps a page without a connection for some 15 seconds
const AGAIN = "The connection to the server was interrupted. Trying again; wait before you go on."
const LOST = "The connection to the server is lost: nothing that you do here has an effect any more. " +
  "Reload the page: it comes back with the choices that its address holds."

const [page_document] = Bokeh.documents
const [mark] = page_document.roots()[0].tags.slice(-1)
let [bar, tried, steady] = [null, 0, null]

const say = (text, lost) => {
  bar?.remove()
  bar = document.createElement("div")
  bar.className = "segdash-connection"
  bar.setAttribute("role", "alert")
  Object.assign(bar.style, {
    position: "fixed", left: "0", right: "0", bottom: "0", zIndex: "2000", padding: "12px 16px", display: "flex",
    flexWrap: "wrap", gap: "8px 16px", alignItems: "center", justifyContent: "center", background: "#7A271A",
    color: "#FFFFFF", fontFamily: "inherit", fontSize: "14px", lineHeight: "1.4",
  })
  const sentence = document.createElement("span")
  sentence.textContent = text
  bar.append(sentence)
  if (lost) {
    const reload = document.createElement("button")
    reload.textContent = "Reload"
    Object.assign(reload.style, {
      padding: "6px 14px", border: "0", borderRadius: "6px", background: "#FFFFFF", color: "#7A271A", font: "inherit",
      fontWeight: "600", cursor: "pointer",
    })
    reload.addEventListener("click", () => window.location.reload())
    bar.append(reload)
  }
  document.body.append(bar)
}

// 2026-11: Bokeh 3.9 would put the whole document, pulled anew without its buffers, in place of the one that is there, and
// fail. The page has all of it, if the server still knows this very session; another one it would make has another mark.
const as_it_is = (connection) => async (resolve, reject) => {
  const {doc_json} = await connection._pull_doc_json()
  if (doc_json.roots[0].attributes.tags?.at(-1) === mark) {
    resolve(connection.session)
  } else {
    tried = WAITS.length
    reject(new Error("The session has ended"))
    connection.socket?.close()
  }
}

page_document.on_event("connection_lost", (_, event) => {
  const connection = event.connection.deref()
  clearTimeout(steady)
  if (connection == null || tried >= WAITS.length) {
    if (connection != null) connection.closed_permanently = true
    say(LOST, true)
    return
  }
  if (tried > 0) say(AGAIN, false)
  connection._repull_session_doc = as_it_is(connection)
  setTimeout(() => connection.reconnect(), WAITS[tried])
  tried += 1
})

page_document.on_event("client_reconnected", () => {
  bar?.remove()
  steady = setTimeout(() => { tried = 0 }, 10000)
})
