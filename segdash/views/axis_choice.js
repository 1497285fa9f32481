// Runs when a metric is chosen for an axis of the scatter: the figure shows it at once, as its tags say how. The
// server, which is told the choice as ever, then finds nothing to change; where there is more to do than to look
// at another column, it is left to it.
const figure = (() => {
  try { return cb_obj.document?.get_model_by_name("scatter") } catch { return null } // a notebook with two of them
})()
const choice = figure?.tags[0]?.[dimension]?.[cb_obj.value]
if (choice && choice.log === (figure[`${dimension}_scale`].type === "LogScale")) {
  const here = {sync: false}
  const {glyph, selection_glyph, nonselection_glyph, hover_glyph, muted_glyph} = figure.renderers[0]
  for (const drawn of [glyph, selection_glyph, nonselection_glyph, hover_glyph, muted_glyph]) {
    if (drawn?.[dimension]) drawn.setv({[dimension]: {...drawn[dimension], field: choice.field}}, here)
  }
  const [start, end] = choice.range
  figure[`${dimension}_range`].setv({start, end, reset_start: start, reset_end: end}, here)
  const [axis] = dimension === "x" ? figure.below : figure.left
  axis.setv({axis_label: choice.label}, here)
}
