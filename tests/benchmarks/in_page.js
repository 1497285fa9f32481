// Clocks that run inside the page, put there before any script of its own. `bench.dash` and `bench.segdash` know
// what each page is made of; everything else is the same for both.
//
// A repaint is seen by its effect: sampled pixels of a 2D canvas, drawing calls of a WebGL one (reading those pixels
// back would stall it), the text of tables and cards. Two animation frames later it is on the screen.
(() => {
  const QUIET = 400 // ms without a change: the page has come to rest
  const LIMIT = 120000

  // ------------------------------------------------------------------ what happens, and when

  const log = { input: 0, sockets: [], sent: [], received: [] }
  addEventListener("pointerup", (event) => { log.input = event.timeStamp }, true)

  const size = (data) => data.length ?? data.byteLength ?? data.size ?? 0
  window.WebSocket = class extends WebSocket {
    constructor(...given) {
      super(...given)
      const socket = { made: performance.now(), open: 0 }
      log.sockets.push(socket)
      this.addEventListener("open", () => { socket.open = performance.now() })
      this.addEventListener("message", ({ data }) => log.received.push([performance.now(), size(data)]))
    }
    send(data) {
      log.sent.push([performance.now(), size(data)])
      super.send(data)
    }
  }

  let draws = 0
  for (const context of [window.WebGLRenderingContext, window.WebGL2RenderingContext]) {
    for (const name of ["drawArrays", "drawElements"]) {
      const draw = context?.prototype[name]
      if (draw) context.prototype[name] = function (...given) { draws += 1; return draw.apply(this, given) }
    }
  }

  // ------------------------------------------------------------------ what is seen

  const scratch = new OffscreenCanvas(160, 100).getContext("2d", { willReadFrequently: true })
  scratch.imageSmoothingEnabled = false

  function pixels(canvas) {
    if (!canvas?.width || !canvas.height) return 0
    const { width, height } = scratch.canvas
    scratch.clearRect(0, 0, width, height)
    scratch.drawImage(canvas, 0, 0, width, height)
    let hash = 0
    for (const pixel of new Uint32Array(scratch.getImageData(0, 0, width, height).data.buffer)) {
      hash = (Math.imul(hash, 31) + pixel) | 0
    }
    return hash
  }

  function* everything(root) {
    for (const element of root.querySelectorAll("*")) {
      yield element
      if (element.shadowRoot) yield* everything(element.shadowRoot)
    }
  }

  const text = (elements) => elements.map((element) => element.textContent).join("\n")
  const frames = (n) => new Promise((resolve) => {
    const step = () => (n-- > 0 ? requestAnimationFrame(step) : resolve(performance.now()))
    step()
  })

  // ------------------------------------------------------------------ the two pages

  const one = (selector) => document.querySelector(selector)
  const dash = {
    graph: () => one("#scatter .js-plotly-plot"),
    // What a visitor still waits for.
    missing() {
      const drawn = {
        pie: one("#pie .slice path"), bars: one("#bars .barlayer .point path"), boxes: one("#boxes .boxlayer path.box"),
        axes: one("#scatter .ytitle"), points: draws > 0 || one("#scatter .scatterlayer path.point"),
        table: one("#comparison td"), insights: one(".insights"),
      }
      return Object.keys(drawn).filter((part) => !drawn[part])
    },
    scatter: () => `${draws} ${text([...document.querySelectorAll("#scatter .cartesianlayer, #scatter .infolayer")])}`,
    page() {
      const outlines = document.querySelectorAll("#scatter .selectionlayer path, #scatter .zoomlayer path")
      return `${dash.scatter()} ${[...outlines].map((path) => path.getAttribute("d")).join()}`
    },
    label: () => one("#scatter .ytitle")?.textContent,
    parts: () => ({ count: document.querySelectorAll("#scatter .selectionlayer path").length }),
    frame() {
      const { xaxis, yaxis } = dash.graph()._fullLayout
      const { left, top } = dash.graph().getBoundingClientRect()
      return {
        left: left + xaxis._offset, top: top + yaxis._offset, width: xaxis._length, height: yaxis._length,
        x: (values) => values.map((value) => xaxis.d2p(value)), y: (values) => values.map((value) => yaxis.d2p(value)),
      }
    },
    show: () => dash.graph().scrollIntoView({ block: "center" }),
  }

  const model = () => window.Bokeh?.documents[0]?.get_model_by_name("scatter")
  const view = (of) => [...Bokeh.index.find(of)][0]
  const TEXTS = ".tiles, .tabulator-table, .insights, .bars, .muted, .segdash-selected-count"
  const segdash = {
    found: { at: -Infinity, canvases: [], texts: [] },
    // The page's canvases and texts, looked up again when one is gone, and now and then for new ones.
    elements() {
      const { at, canvases, texts } = segdash.found
      if (performance.now() - at < 250 && [...canvases, ...texts].every((element) => element.isConnected)) return segdash.found
      const all = [...everything(document)]
      segdash.found = {
        at: performance.now(),
        canvases: all.filter((element) => element.matches("canvas.bk-layer:first-of-type")),
        texts: all.filter((element) => element.matches(TEXTS)),
        tables: all.filter((element) => element.matches(".tabulator")),
      }
      return segdash.found
    },
    missing() {
      if (!model()) return ["document"]
      segdash.found.at = -Infinity
      const { canvases, texts, tables } = segdash.elements()
      const has = (name) => texts.some((element) => element.matches(name) && element.childElementCount)
      const charts = [...Bokeh.documents[0]._all_models.values()].filter((each) => each.type === "Figure").length
      const drawn = {
        charts: charts >= 6 && canvases.length >= charts && canvases.every(pixels),
        cards: has(".tiles"), insights: has(".insights"),
        tables: tables.length >= 2 && tables.every((table) => table.querySelector(".tabulator-row .tabulator-cell")),
      }
      return Object.keys(drawn).filter((part) => !drawn[part])
    },
    scatter: () => pixels(view(model())?.canvas_view.primary.canvas),
    page: () => `${segdash.elements().canvases.map(pixels)} ${text(segdash.elements().texts)}`,
    label: () => model().left.find((part) => part.axis_label !== undefined).axis_label,
    // Each of these must answer to a selection, be the server ever so slow.
    parts() {
      const { canvases, texts } = segdash.elements()
      const scatter = view(model()).canvas_view.primary.canvas
      const of = (name) => text(texts.filter((element) => element.matches(name)))
      return {
        scatter: pixels(scatter),
        charts: canvases.filter((canvas) => canvas !== scatter).map(pixels).join(),
        count: of(".segdash-selected-count"), cards: of(".tiles"), tables: of(".tabulator-table"),
      }
    },
    frame() {
      const { frame, canvas_view } = view(model())
      const { left, top } = canvas_view.el.getBoundingClientRect()
      const { x0, y0, x1, y1 } = frame.bbox
      const compute = (scale, origin) => (values) => Array.from(scale.v_compute(values), (at) => at - origin)
      return {
        left: left + x0, top: top + y0, width: x1 - x0, height: y1 - y0,
        x: compute(frame.x_scale, x0), y: compute(frame.y_scale, y0),
      }
    },
    show: () => view(model()).el.scrollIntoView({ block: "center" }),
  }

  // ------------------------------------------------------------------ the clocks

  // Resolves with the time at which the last change of `marks` was on the screen, once `done` and nothing more comes.
  function rest(marks, done) {
    const start = performance.now()
    let before = marks(), frame = 0, changed = -9, seen = start, shown = 0, complete = 0
    return new Promise((resolve, reject) => {
      const step = () => {
        const now = performance.now()
        const marked = marks()
        if (marked !== before) [before, changed, seen] = [marked, frame, now]
        if (frame === changed + 2) shown = now
        const quiet = frame > changed + 2 && now - Math.max(seen, log.input) > QUIET
        frame += 1
        // What is asked for may come true before it is painted, so one more quiet while follows it.
        if (quiet && !complete && done()) complete = now
        if (quiet && complete && now - complete > QUIET) resolve(shown)
        else if (now - start > LIMIT) reject(new Error(`no rest within ${LIMIT} ms`))
        else requestAnimationFrame(step)
      }
      requestAnimationFrame(step)
    })
  }

  // How long an input took, and for a page with a websocket what it waited for. Call it before the input.
  async function answer(marks, done) {
    const armed = performance.now()
    const shown = await rest(marks, () => log.input > armed && done())
    const within = (messages) => messages.filter(([at]) => at >= log.input && at <= shown)
    const [sent, received] = [within(log.sent), within(log.received)]
    // The message that mattered is the largest; around it the busy indicator is switched on and off.
    const largest = received.reduce((most, each) => (each[1] > most[1] ? each : most), [NaN, 0])
    return {
      total: Math.max(0, shown - log.input), sent: sent[0]?.[0] - log.input, received: largest[0] - log.input,
      bytes: received.reduce((sum, [, length]) => sum + length, 0),
    }
  }

  // From navigation to all charts painted and tables filled, and to the page's rest.
  async function visit(page) {
    while (page.missing().length) {
      if (performance.now() > LIMIT) throw new Error(`not painted within ${LIMIT} ms: ${page.missing()}`)
      await new Promise((resolve) => setTimeout(resolve, 40))
    }
    const painted = await frames(2)
    const shown = await rest(page.page, () => performance.now() > painted + 2 * QUIET)
    const [html] = performance.getEntriesByType("navigation")
    const scripts = performance.getEntriesByType("resource").filter(({ initiatorType }) => initiatorType === "script")
    const large = log.received.find(([, length]) => length > 20000)
    return {
      painted, settled: Math.max(painted, shown), html: html.responseEnd, bytes: html.encodedBodySize,
      scripts: Math.max(...scripts.map((script) => script.responseEnd)),
      scriptBytes: scripts.reduce((sum, script) => sum + script.encodedBodySize, 0),
      ready: html.domContentLoadedEventEnd, socket: log.sockets[0]?.open ?? NaN,
      document: large?.[0] ?? NaN, documentBytes: large?.[1] ?? NaN,
    }
  }

  // A box in the scatter that holds about `wanted` of these customers and is large enough to be drawn with a mouse.
  function box(page, xs, ys, wanted) {
    const CELL = 8
    const frame = page.frame()
    const [columns, rows] = [Math.floor(frame.width / CELL), Math.floor(frame.height / CELL)]
    const sums = Array.from({ length: rows + 1 }, () => new Float64Array(columns + 1))
    const [px, py] = [frame.x(xs), frame.y(ys)]
    px.forEach((x, i) => {
      const [column, row] = [Math.floor(x / CELL), Math.floor(py[i] / CELL)]
      if (column >= 0 && row >= 0 && column < columns && row < rows) sums[row + 1][column + 1] += 1
    })
    for (let row = 1; row <= rows; row++) {
      for (let column = 1; column <= columns; column++) {
        sums[row][column] += sums[row - 1][column] + sums[row][column - 1] - sums[row - 1][column - 1]
      }
    }
    let best = { miss: Infinity }
    for (let side = 4; side <= Math.min(columns, rows); side++) {
      for (let row = 0; row + side <= rows; row++) {
        for (let column = 0; column + side <= columns; column++) {
          const held = sums[row + side][column + side] - sums[row][column + side] - sums[row + side][column] + sums[row][column]
          const miss = Math.abs(held - wanted)
          if (miss < best.miss) best = { miss, held, row, column, side }
        }
      }
    }
    const [x0, y0] = [frame.left + best.column * CELL, frame.top + best.row * CELL]
    return { x0, y0, x1: x0 + best.side * CELL, y1: y0 + best.side * CELL, held: best.held }
  }

  window.bench = {
    log, dash, segdash, box, frames,
    visit: (name) => visit(bench[name]),
    // The promise is kept here while Playwright makes the input.
    watchAxis(name) {
      const page = bench[name], before = page.label()
      bench.answer = answer(page.scatter, () => page.label() !== before)
    },
    watchSelection(name) {
      const page = bench[name], before = page.parts()
      bench.unselected = before.count
      bench.answer = answer(page.page, () => Object.entries(page.parts()).every(([part, now]) => now !== before[part]))
    },
    cleared: (name) => bench[name].parts().count === bench.unselected,
    settle: (name) => rest(bench[name].page, () => true),
  }
})()
